"""The fields of a Telegram message by what they mean for us."""

from __future__ import annotations

from values.sentences import phrase

# What happens in a chat without anybody writing: field -> words.
SERVICE = {
    "new_chat_title": phrase("the group was renamed"),
    "new_chat_photo": phrase("the group has a new picture"),
    "delete_chat_photo": phrase("the group's picture was removed"),
    "group_chat_created": phrase("a group was made"),
    "supergroup_chat_created": phrase("a group was made"),
    "pinned_message": phrase("a message was pinned"),
    "migrate_from_chat_id": phrase("the group became a supergroup"),
    "message_auto_delete_timer_changed": phrase("the deletion timer was changed"),
    "forum_topic_created": phrase("a topic was made"),
    "forum_topic_edited": phrase("a topic was changed"),
    "forum_topic_closed": phrase("a topic was closed"),
    "forum_topic_reopened": phrase("a topic was opened again"),
    "video_chat_started": phrase("a video chat began"),
    "video_chat_ended": phrase("a video chat ended"),
    "write_access_allowed": phrase("the person allowed the bot to write"),
    "boost_added": phrase("the group was boosted"),
    "chat_background_set": phrase("the chat has a new background"),
    "general_forum_topic_hidden": phrase("a topic was hidden"),
    "general_forum_topic_unhidden": phrase("a topic is shown again"),
    "video_chat_scheduled": phrase("a video chat was planned"),
    "video_chat_participants_invited": phrase("people were asked to a video chat"),
    "proximity_alert_triggered": phrase("people came near each other"),
    "connected_website": phrase("the person signed in on a site"),
    "channel_chat_created": phrase("a channel was made"),
    "giveaway_created": phrase("a giveaway began"),
    "giveaway_completed": phrase("a giveaway ended"),
    "giveaway_winners": phrase("a giveaway ended"),
    "giveaway": phrase("a giveaway began"),
    "direct_message_price_changed": phrase("the price of private messages changed"),
    "paid_message_price_changed": phrase("the price of messages changed"),
    "checklist_tasks_done": phrase("tasks of a list were marked"),
    "checklist_tasks_added": phrase("tasks were put on a list"),
    "poll_option_added": phrase("an option was put into a poll"),
    "poll_option_deleted": phrase("an option was taken out of a poll"),
}

# What has a sentence instead of words of its own; of what is sealed (passport) nothing is read.
TELLING = {
    "passport_data": "🛂 [Documents of Telegram Passport, which are not read here]",
    "story": "[A story, which Telegram does not pass on]",
    "paid_media": "[Paid media, which Telegram does not pass on]",
    "gift": "🎁 [A gift]",
    "unique_gift": "🎁 [A gift]",
    "refunded_payment": "[A payment was given back]",
    "suggested_post_info": "[A post was suggested]",
}

CONTENT = frozenset({
    "text", "caption", "photo", "document", "voice", "audio", "video", "video_note", "sticker", "location", "venue",
    "contact", "animation", "web_app_data", "poll", "dice", "game", "invoice", "successful_payment", "checklist",
    "chat_shared", "users_shared", "user_shared",
}) | TELLING.keys()  # fmt: skip

# Fields that come with any content; a field in none of the three sets is new to us.
ENVELOPE = frozenset({
    "message_id", "message_thread_id", "from", "sender_chat", "sender_boost_count", "sender_business_bot", "date",
    "chat", "forward_origin", "is_topic_message", "is_automatic_forward", "reply_to_message", "external_reply", "quote",
    "reply_to_story", "via_bot", "edit_date", "business_connection_id",
    "sender_tag", "has_protected_content", "media_group_id", "author_signature",
    "has_media_spoiler", "show_caption_above_media", "reply_markup", "entities", "caption_entities",
    "link_preview_options", "effect_id", "is_from_offline", "direct_messages_topic", "is_paid_post", "paid_star_count",
    "reply_to_checklist_task_id", "reply_to_poll_option_id",
})  # fmt: skip

"""The fields of a Telegram message by what they mean for us."""

from __future__ import annotations

# What happens in a chat without anybody writing: field -> words.
SERVICE = {
    "new_chat_title": "the group was renamed",
    "new_chat_photo": "the group has a new picture",
    "delete_chat_photo": "the group's picture was removed",
    "group_chat_created": "a group was made",
    "supergroup_chat_created": "a group was made",
    "pinned_message": "a message was pinned",
    "migrate_from_chat_id": "the group became a supergroup",
    "message_auto_delete_timer_changed": "the deletion timer was changed",
    "forum_topic_created": "a topic was made",
    "forum_topic_edited": "a topic was changed",
    "forum_topic_closed": "a topic was closed",
    "forum_topic_reopened": "a topic was opened again",
    "video_chat_started": "a video chat began",
    "video_chat_ended": "a video chat ended",
    "write_access_allowed": "the person allowed the bot to write",
    "boost_added": "the group was boosted",
}

CONTENT = frozenset({
    "text", "caption", "photo", "document", "voice", "audio", "video", "video_note", "sticker", "location", "venue",
    "contact", "animation",
})  # fmt: skip

# Fields that come with any content; a field in none of the three sets is new to us.
ENVELOPE = frozenset({
    "message_id", "message_thread_id", "from", "sender_chat", "sender_boost_count", "sender_business_bot", "date",
    "chat", "forward_origin", "is_topic_message", "is_automatic_forward", "reply_to_message", "external_reply", "quote",
    "reply_to_story", "via_bot", "edit_date", "business_connection_id",
    "sender_tag", "has_protected_content", "media_group_id", "author_signature",
    "has_media_spoiler", "show_caption_above_media", "reply_markup", "entities", "caption_entities",
    "link_preview_options", "effect_id", "is_from_offline",
})  # fmt: skip

"""The vk connector: a manifest, no code."""

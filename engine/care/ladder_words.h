// A ladder's words for people who read Chinese: channels, and why a rung was left.
#pragma once

// "微信" of "wechat", "未打开" of "unread"; a word that it doesn't know as it is.
const char *ladder_word_zh(const char *word);

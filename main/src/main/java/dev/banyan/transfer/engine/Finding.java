package dev.banyan.transfer.engine;

/// Something that preflight found.
///
/// @param blocks nothing moves until it is mended; otherwise people should know it
/// @param subject the table, column, setting or right
/// @param says what is wrong and what to do
public record Finding(boolean blocks, String code, String subject, String says) {}

package dev.banyan.transfer.engine;

/// Something that preflight found.
///
/// @param blocks nothing moves until it is mended; otherwise people should know it
/// @param subject the table, column, setting or right
/// @param says what is wrong and what to do
/// @param following it is only in the way of following the log, so that rows can be copied once all
///   the same
public record Finding(boolean blocks, String code, String subject, String says, boolean following) {
  public Finding(boolean blocks, String code, String subject, String says) {
    this(blocks, code, subject, says, false);
  }

  public Finding ofFollowing() {
    return new Finding(blocks, code, subject, says, true);
  }
}

package dev.banyan.transfer.options;

/// A database user's password: [#toString] says only that there is one.
///
/// @param reveal the password itself; the one way to it, so that a reader sees where it is used
public record Password(String reveal) {
  @Override
  public String toString() {
    return "[secret]";
  }
}

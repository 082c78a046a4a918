package dev.banyan.transfer.table;

/// One column.
///
/// @param generated the database computes it: it is compared, never written
/// @param identity the database numbers it; its counter is moved on when the writes change sides
/// @param binary text that is compared byte for byte, so that the client orders it as the server
///   does
/// @param defaulted the database has a value for it where none is given
public record Column(
    String name,
    Type type,
    boolean nullable,
    boolean generated,
    boolean identity,
    boolean binary,
    boolean defaulted) {
  public Column(
      String name,
      Type type,
      boolean nullable,
      boolean generated,
      boolean identity,
      boolean binary) {
    this(name, type, nullable, generated, identity, binary, false);
  }

  /// Whether a row may be written without a value for it.
  public boolean optional() {
    return nullable || generated || identity || defaulted;
  }
}

package dev.banyan.transfer.plan;

/// The rows of two keys, with who wrote them last: a delete is remembered as well.
///
/// @param one who wrote key 1, negative where that was a delete
record Rows(int one, int two) {
  /// Nobody ever wrote it, and it is not there.
  static final int NEVER = -1000;

  static final Rows NONE = new Rows(NEVER, NEVER);

  boolean present(int key) {
    return at(key) >= 0;
  }

  private int at(int key) {
    return key == 1 ? one : two;
  }

  /// The transaction that wrote the key last; 0 is from before the first.
  int writer(int key) {
    int at = at(key);
    return at == NEVER ? 0 : Math.abs(at);
  }

  Rows put(int key, int writer) {
    return key == 1 ? new Rows(writer, two) : new Rows(one, writer);
  }

  Rows delete(int key, int writer) {
    int gone = writer == 0 ? NEVER : -writer;
    return key == 1 ? new Rows(gone, two) : new Rows(one, gone);
  }

  Rows take(int key, Rows from) {
    return key == 1 ? new Rows(from.one, two) : new Rows(one, from.two);
  }

  boolean same(int key, Rows other) {
    return present(key) ? at(key) == other.at(key) : !other.present(key);
  }

  boolean same(Rows other) {
    return same(1, other) && same(2, other);
  }

  private static String text(int at) {
    return at >= 0 ? "v" + at : at == NEVER ? "none" : "deleted by " + -at;
  }

  @Override
  public String toString() {
    return "{1: " + text(one) + ", 2: " + text(two) + "}";
  }
}

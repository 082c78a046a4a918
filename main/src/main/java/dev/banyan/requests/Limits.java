package dev.banyan.requests;

/// What reading a file may take, whatever the file holds. `docs/reference/request-files.md` lists
/// them.
final class Limits {
  /// The longest body, in bytes, of a request or of an answer.
  static final int BODY = 16 << 20;

  /// The longest body as JSON text, in characters: base64 takes four for three bytes.
  static final int BODY_TEXT = 24 << 20;

  /// The longest line of a log or a list, in bytes.
  static final int LINE = 1 << 20;

  /// The longest head of a captured message, in bytes.
  static final int HEAD = 256 << 10;

  /// The most header fields of one message.
  static final int FIELDS = 1_000;

  /// How deep JSON and YAML may be nested.
  static final int DEPTH = 200;

  /// The most origins of one HAR file among which the most frequent is looked for.
  static final int ORIGINS = 10_000;

  /// How many captured requests wait for their answers at one time.
  static final int WAITING = 1_000;

  /// How much captured requests and answers may hold while requests wait for answers, in bytes.
  static final int WAITING_BYTES = 64 << 20;

  /// The longest OpenAPI document, in bytes: it is held whole.
  static final int DOCUMENT = 32 << 20;

  /// How much of a file is looked at to find out its format, in bytes.
  static final int FIRST = 64 << 10;

  private Limits() {}
}

package dev.banyan.demo.candidate;

/// A request that cannot be answered as asked: the status and the words of the answer.
final class ProblemException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String title;

  ProblemException(int status, String title, String detail) {
    super(detail);
    this.status = status;
    this.title = title;
  }

  static ProblemException missing(String what, String id) {
    return new ProblemException(404, "Not Found", "no " + what + " " + id);
  }

  static ProblemException invalid(String detail) {
    return new ProblemException(400, "Bad Request", detail);
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}

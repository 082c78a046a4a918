package dev.banyan.control;

/// Carries a [Refusal] out of the reading of a request to the one place that writes it.
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Refusal refusal;

  RefusedException(Refusal refusal) {
    super(refusal.detail());
    this.refusal = refusal;
  }

  static RefusedException invalid(String detail) {
    return new RefusedException(Refusal.of(Refusal.Code.REQUEST_INVALID, detail));
  }

  Refusal refusal() {
    return refusal;
  }
}

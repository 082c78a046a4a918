package dev.banyan.demo.tour;

/// The tour can not go on; the message says why, for people.
final class TourException extends Exception {
  private static final long serialVersionUID = 1L;

  TourException(String message) {
    super(message);
  }

  TourException(String message, Throwable cause) {
    super(message, cause);
  }
}

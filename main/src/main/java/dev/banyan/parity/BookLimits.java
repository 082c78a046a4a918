package dev.banyan.parity;

/// How much a [ParityBook] keeps, whatever the traffic.
///
/// @param endpoints of one family that are counted apart; the rest are counted as one
/// @param statuses of the legacy's answers of one endpoint that are told apart
/// @param fields of one endpoint, status, place and kind of difference, that are counted apart: the
///   most frequent ones
/// @param reasons of one family for which exchanges were skipped
/// @param samples of one field
public record BookLimits(int endpoints, int statuses, int fields, int reasons, int samples) {

  public static final BookLimits STANDARD = new BookLimits(200, 16, 200, 32, 3);

  public BookLimits {
    if (endpoints < 1 || statuses < 1 || fields < 1 || reasons < 1 || samples < 1) {
      throw new IllegalArgumentException("every limit of the parity book must be at least 1");
    }
  }
}

package dev.banyan.demo.tour;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the control API says of the transfer, as far as the tour needs it.
///
/// @param phase `backfill`, `stream`, `reconciled` and so on; empty while it is not known
/// @param owner the database whose rows count
/// @param total how many rows there are to copy, an estimate; null where it is not known
/// @param lagMillis how far the other side is behind; null while nothing is followed
/// @param green whether both sides agreed when they were compared last; null before that
/// @param stopped why it does not go on; null while it does
record Moving(
    String name,
    String phase,
    String owner,
    long rows,
    @Nullable Long total,
    double rowsPerSecond,
    double seconds,
    long lagBytes,
    @Nullable Double lagMillis,
    @Nullable Boolean green,
    @Nullable String stopped) {

  static Moving of(JsonNode transfer) {
    JsonNode status = transfer.path("status");
    JsonNode certificate = status.path("certificate");
    return new Moving(
        transfer.path("name").asString(""),
        status.path("phase").asString(""),
        status.path("owner").asString(""),
        status.path("rows").asLong(0),
        status.path("total").isNumber() ? status.path("total").asLong() : null,
        status.path("rowsPerSecond").asDouble(0),
        status.path("seconds").asDouble(0),
        status.path("lagBytes").asLong(0),
        status.path("lagSeconds").isNumber() ? status.path("lagSeconds").asDouble() * 1000 : null,
        certificate.isObject() ? certificate.path("green").asBoolean(false) : null,
        status.path("stopped").isString()
            ? status.path("stopped").asString()
            : transfer.path("unavailable").isString() && status.path("phase").isMissingNode()
                ? transfer.path("unavailable").asString()
                : null);
  }

  boolean copying() {
    return phase.isEmpty() || phase.equals("not-begun") || phase.equals("backfill");
  }

  /// From 0 to 1.
  double share() {
    Long all = total;
    return !copying() ? 1 : all == null || all == 0 ? 0 : Math.min(1, (double) rows / all);
  }

  /// Where it stands, for people.
  String says() {
    if (copying()) {
      return String.format(
          Locale.ROOT,
          "%,d of about %,d rows, %,.0f rows/s",
          rows,
          total == null ? 0 : total,
          rowsPerSecond);
    }
    Double lag = lagMillis;
    return String.format(
        Locale.ROOT,
        "%s owns; the other side is %s behind",
        owner,
        lag == null ? "an unknown time" : "%.0f ms (%,d bytes)".formatted(lag, lagBytes));
  }
}

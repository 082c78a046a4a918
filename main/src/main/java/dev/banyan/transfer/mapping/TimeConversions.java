package dev.banyan.transfer.mapping;

import static java.time.temporal.ChronoField.NANO_OF_SECOND;

import dev.banyan.transfer.mapping.Conversion.Loss;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Between dates, times and moments, and to fewer digits of a second.
final class TimeConversions {
  private static final int MICROS = 6;
  private static final int NANOS = 9;

  private TimeConversions() {}

  /// @return null where it is not about these kinds
  static @Nullable Found find(Type from, Type to, Hints hints) {
    @Nullable Found base = base(from, to, hints);
    return base instanceof Conversion conversion && timed(from.kind()) && timed(to.kind())
        ? rounded(conversion, from, to, hints)
        : base;
  }

  private static boolean timed(Kind kind) {
    return switch (kind) {
      case TIME, TIME_TZ, TIMESTAMP, TIMESTAMP_TZ -> true;
      default -> false;
    };
  }

  private static @Nullable Found base(Type from, Type to, Hints hints) {
    if (timed(from.kind()) && from.kind() == to.kind()) {
      return Conversion.COPY;
    }
    return switch (from.kind()) {
      case TIMESTAMP ->
          switch (to.kind()) {
            case TIMESTAMP_TZ -> zoned(hints);
            case DATE -> day();
            case INTEGER -> inverse(fromEpoch(from, hints));
            default -> null;
          };
      case TIMESTAMP_TZ ->
          switch (to.kind()) {
            case TIMESTAMP -> local(hints);
            case INTEGER -> inverse(fromEpoch(from, hints));
            default -> null;
          };
      case DATE ->
          to.kind() == Kind.TIMESTAMP
              ? Conversion.exact(
                      "date to midnight",
                      cell -> ((LocalDate) cell).atStartOfDay(),
                      TimeConversions::midnight)
                  .inOrder()
              : null;
      default -> null;
    };
  }

  private static Found noZone() {
    return new Found.None(
        "a time without a zone and a moment are only the same where a zone is declared: add"
            + " `convert: zone UTC`, or the zone in which the application means it");
  }

  private static Found zoned(Hints hints) {
    ZoneId zone = hints.zone();
    if (zone == null) {
      return noZone();
    }
    Conversion conversion =
        Conversion.tried(
            "time in " + zone + " to moment",
            cell -> ((LocalDateTime) cell).atZone(zone).toInstant(),
            cell -> LocalDateTime.ofInstant((Instant) cell, zone));
    // where the clocks are never changed every time of day is there once
    return zone.getRules().isFixedOffset() ? steady(conversion) : conversion;
  }

  private static Found local(Hints hints) {
    ZoneId zone = hints.zone();
    if (zone == null) {
      return noZone();
    }
    Conversion conversion =
        Conversion.tried(
            "moment to time in " + zone,
            cell -> LocalDateTime.ofInstant((Instant) cell, zone),
            cell -> ((LocalDateTime) cell).atZone(zone).toInstant());
    return zone.getRules().isFixedOffset() ? steady(conversion) : conversion;
  }

  private static Conversion steady(Conversion conversion) {
    return new Conversion(
        conversion.name(), conversion.forward(), conversion.back(), Loss.NONE, true);
  }

  private static Found day() {
    return new Conversion(
        "time to its day",
        cell -> ((LocalDateTime) cell).toLocalDate(),
        cell -> ((LocalDate) cell).atStartOfDay(),
        Loss.CERTAIN,
        false);
  }

  private static Object midnight(Object cell) {
    LocalDateTime time = (LocalDateTime) cell;
    if (!time.toLocalTime().equals(LocalTime.MIDNIGHT)) {
      throw new CellRefused("a time that is not midnight, and a date has none");
    }
    return time.toLocalDate();
  }

  /// Numbers that count parts of a second since 1970.
  static @Nullable Found fromEpoch(Type time, Hints hints) {
    long unit = hints.epoch();
    if (unit == 0) {
      return new Found.None(
          "a number is only a time where it is said what it counts: add `convert: epoch seconds`"
              + " (or millis, micros)");
    }
    boolean moment = time.kind() == Kind.TIMESTAMP_TZ;
    ZoneId zone = hints.zone() == null ? ZoneOffset.UTC : hints.zone();
    return Conversion.exact(
        "epoch in 1/" + unit + " s" + (moment ? "" : " in " + zone),
        cell -> {
          Instant at = instant((Long) cell, unit);
          return moment ? at : LocalDateTime.ofInstant(at, zone);
        },
        cell ->
            count(moment ? (Instant) cell : ((LocalDateTime) cell).atZone(zone).toInstant(), unit));
  }

  private static Instant instant(long count, long unit) {
    return Instant.ofEpochSecond(
        Math.floorDiv(count, unit), Math.floorMod(count, unit) * (1_000_000_000 / unit));
  }

  private static Long count(Instant at, long unit) {
    return Math.addExact(
        Math.multiplyExact(at.getEpochSecond(), unit), at.getNano() / (1_000_000_000 / unit));
  }

  /// Counting cuts off what is smaller than the unit, so that the values are tried.
  private static @Nullable Found inverse(@Nullable Found found) {
    return found instanceof Conversion conversion
        ? Conversion.tried("to " + conversion.name(), conversion.back(), conversion.forward())
        : found;
  }

  private static Found rounded(Conversion base, Type from, Type to, Hints hints) {
    int have = from.scale() < 0 ? MICROS : from.scale();
    int want = to.scale() < 0 ? MICROS : to.scale();
    if (want >= have) {
      return base;
    }
    RoundingMode mode = hints.exact() ? RoundingMode.UNNECESSARY : hints.rounding();
    if (mode == null) {
      return new Found.None(
          "parts of a second have "
              + have
              + " digits and the target keeps "
              + want
              + ": declare `convert: round down` (or half_up) with `lossy`, or `convert: exact`,"
              + " which refuses rows that have them");
    }
    UnaryOperator<Object> cut = cell -> cut(cell, want, mode);
    return base.then(
        new Conversion(
            "seconds to " + want + " digits " + mode,
            cut,
            UnaryOperator.identity(),
            Loss.CERTAIN,
            false));
  }

  private static Object cut(Object cell, int digits, RoundingMode mode) {
    return switch (cell) {
      case LocalDateTime time -> time.plusNanos(correction(time.get(NANO_OF_SECOND), digits, mode));
      case Instant at -> at.plusNanos(correction(at.get(NANO_OF_SECOND), digits, mode));
      case Duration time -> time.plusNanos(correction(time.toNanosPart(), digits, mode));
      case OffsetTime time -> {
        OffsetTime cut = time.plusNanos(correction(time.get(NANO_OF_SECOND), digits, mode));
        yield sameDay(time.toLocalTime(), cut.toLocalTime(), cut);
      }
      case LocalTime time -> {
        LocalTime cut = time.plusNanos(correction(time.get(NANO_OF_SECOND), digits, mode));
        yield sameDay(time, cut, cut);
      }
      default -> throw new CellRefused("not a time");
    };
  }

  private static Object sameDay(LocalTime before, LocalTime after, Object cell) {
    if (after.isBefore(before) && before.getHour() == 23 && after.getHour() == 0) {
      throw new CellRefused("rounded, the time is midnight of the next day");
    }
    return cell;
  }

  /// What is to be added to the nanoseconds of a second to round them.
  private static long correction(int nanos, int digits, RoundingMode mode) {
    long unit = (long) Math.pow(10, NANOS - digits);
    long over = nanos % unit;
    if (over == 0) {
      return 0;
    }
    return switch (mode) {
      case UNNECESSARY -> throw new CellRefused("parts of a second that the target does not keep");
      case DOWN, FLOOR -> -over;
      case UP, CEILING -> unit - over;
      case HALF_DOWN -> over * 2 > unit ? unit - over : -over;
      case HALF_UP -> over * 2 >= unit ? unit - over : -over;
      case HALF_EVEN ->
          over * 2 > unit || (over * 2 == unit && nanos / unit % 2 != 0) ? unit - over : -over;
    };
  }
}

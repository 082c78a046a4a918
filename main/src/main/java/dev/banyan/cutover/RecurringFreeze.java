package dev.banyan.cutover;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;
import org.dmfs.rfc5545.DateTime;
import org.dmfs.rfc5545.recur.Freq;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRule.Part;
import org.dmfs.rfc5545.recur.RecurrenceRuleIterator;
import org.jspecify.annotations.Nullable;

/// A time in which nothing is promoted, once or again and again (RFC 5545, section 3.3.10).
///
/// All of it is counted on the clock on the wall of its zone: a window from 22:00 that lasts 8 h
/// ends at 06:00, also in the night in which the clocks change, and so lasts an hour more or less
/// then. A wall time that a change leaves out is the moment of the change; of one that comes twice,
/// a window begins with the first and ends with the second.
///
/// Immutable. Asking takes a bounded time, whatever the moment: at most one window begins a day.
///
/// @param start when the first one begins
/// @param duration on the same clock
/// @param rule such as `FREQ=YEARLY`, or null for a window that comes once
public record RecurringFreeze(
    String name, LocalDateTime start, ZoneId timezone, Duration duration, @Nullable String rule)
    implements FreezeWindow {
  /// A rule with `COUNT` has to be counted from its beginning.
  public static final int MOST_COUNT = 1_000;

  /// Rules are not followed beyond this.
  private static final int LAST_YEAR = 9_999;

  private static final Set<Freq> BY_THE_DAY =
      Set.of(Freq.DAILY, Freq.WEEKLY, Freq.MONTHLY, Freq.YEARLY);

  /// @throws IllegalArgumentException with a message for people, when the rule is none, or none
  ///   that fits
  public RecurringFreeze {
    if (rule != null) {
      RecurrenceRule parsed = parse(rule);
      alignUntil(parsed, start, timezone);
      if (!first(parsed, start)) {
        throw new IllegalArgumentException(
            "'" + rule + "' with a start of " + start + " never comes");
      }
    }
  }

  /// Whether a rule can be one of a window at all, whenever that begins.
  ///
  /// @throws IllegalArgumentException with a message for people, when it can not
  public static void check(String rule) {
    parse(rule);
  }

  private static RecurrenceRule parse(String rule) {
    RecurrenceRule parsed;
    try {
      parsed = new RecurrenceRule(rule, RecurrenceRule.RfcMode.RFC5545_STRICT);
    } catch (InvalidRecurrenceRuleException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + rule + "' is not a rule of RFC 5545: " + e.getMessage(), e);
    }
    if (!BY_THE_DAY.contains(parsed.getFreq())) {
      throw new IllegalArgumentException(
          "'" + rule + "' comes more often than every day; a window has a day to begin on");
    }
    if (parsed.hasPart(Part.BYHOUR)
        || parsed.hasPart(Part.BYMINUTE)
        || parsed.hasPart(Part.BYSECOND)) {
      throw new IllegalArgumentException(
          "'" + rule + "' gives a time of day, which the start gives");
    }
    Integer count = parsed.getCount();
    if (count != null && count > MOST_COUNT) {
      throw new IllegalArgumentException(
          "'" + rule + "' counts too far; allowed: up to " + MOST_COUNT);
    }
    return parsed;
  }

  /// The rule is followed in wall time without a zone, so its end must be one as well.
  private static void alignUntil(RecurrenceRule rule, LocalDateTime start, ZoneId zone) {
    DateTime until = rule.getUntil();
    if (until == null) {
      return;
    }
    LocalDateTime end;
    if (until.isAllDay()) {
      end = wall(until).withHour(23).withMinute(59).withSecond(59);
    } else if (until.isFloating()) {
      end = wall(until);
    } else {
      end = LocalDateTime.ofInstant(Instant.ofEpochMilli(until.getTimestamp()), zone);
    }
    if (end.isBefore(start)) {
      throw new IllegalArgumentException(
          "the rule ends at " + end + ", before the start at " + start);
    }
    rule.setUntil(floating(end));
  }

  private static boolean first(RecurrenceRule rule, LocalDateTime start) {
    try {
      return rule.iterator(floating(start)).hasNext();
    } catch (IllegalArgumentException | IllegalStateException e) {
      return false; // the library gives up on a rule that has no instance
    }
  }

  @Override
  public Optional<Instant> endOf(Instant moment) {
    LocalDateTime wall;
    try {
      wall = LocalDateTime.ofInstant(moment, timezone);
    } catch (DateTimeException e) {
      return Optional.empty(); // no calendar has such a moment
    }
    if (wall.getYear() > LAST_YEAR) {
      return Optional.empty();
    }
    return rule == null ? covering(start, moment) : lastCovering(rule, wall, moment);
  }

  /// Of the windows that cover a moment the last one, which ends last.
  private Optional<Instant> lastCovering(String text, LocalDateTime wall, Instant moment) {
    RecurrenceRule parsed = parse(text);
    alignUntil(parsed, start, timezone);
    RecurrenceRuleIterator starts = parsed.iterator(floating(start));
    // No clock is changed by a day, so that no window that still lasts is missed.
    LocalDateTime from = wall.minus(duration).minusDays(1);
    if (from.isAfter(start)) {
      starts.fastForward(floating(from));
    }
    Optional<Instant> end = Optional.empty();
    while (starts.hasNext()) {
      LocalDateTime next = wall(starts.nextDateTime());
      if (next.isAfter(wall.plusDays(1))) {
        break;
      }
      Optional<Instant> later = covering(next, moment);
      end = later.isPresent() ? later : end;
    }
    return end;
  }

  private Optional<Instant> covering(LocalDateTime begin, Instant moment) {
    Instant from = begin.atZone(timezone).withEarlierOffsetAtOverlap().toInstant();
    Instant to = begin.plus(duration).atZone(timezone).withLaterOffsetAtOverlap().toInstant();
    return !moment.isBefore(from) && moment.isBefore(to) ? Optional.of(to) : Optional.empty();
  }

  private static DateTime floating(LocalDateTime wall) {
    return new DateTime(
        wall.getYear(),
        wall.getMonthValue() - 1, // the library counts months from 0
        wall.getDayOfMonth(),
        wall.getHour(),
        wall.getMinute(),
        wall.getSecond());
  }

  private static LocalDateTime wall(DateTime floating) {
    return LocalDateTime.of(
        floating.getYear(),
        floating.getMonth() + 1,
        floating.getDayOfMonth(),
        floating.getHours(),
        floating.getMinutes(),
        floating.getSeconds());
  }
}

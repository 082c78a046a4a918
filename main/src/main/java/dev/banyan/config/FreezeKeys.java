package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.JsonForm;
import dev.banyan.config.Type.Scalar;
import dev.banyan.cutover.RecurringFreeze;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;

/// The keys of one time in which nothing is promoted.
final class FreezeKeys {
  private FreezeKeys() {}

  static final Key<LocalDateTime> START =
      Key.of("start", start(), "When it begins the first time, on the clock of `timezone`.")
          .asRequired()
          .example("2026-12-20T00:00");
  static final Key<ZoneId> TIMEZONE =
      Key.of(
              "timezone",
              timezone(),
              "Whose clock that is. All of the window is counted on it, also across a change to or"
                  + " from summer time.")
          .standard("UTC")
          .example("Europe/Berlin");
  static final Key<Duration> DURATION =
      Key.of("duration", Scalars.duration("1m", "8784h"), "How long it lasts, on the same clock.")
          .asRequired()
          .example("336h");
  static final Key<String> RULE =
      Key.of(
              "rule",
              rule(),
              "When it comes again: a recurrence rule of RFC 5545 (section 3.3.10) by the day,"
                  + " week, month or year. Left out, it comes once.")
          .example("FREQ=YEARLY");
  static final Group GROUP = Group.of(START, TIMEZONE, DURATION, RULE);

  private static Scalar<LocalDateTime> start() {
    return new Scalar<>(
        "local time",
        "a date and a time of day",
        "year, month, day, hour and minute without a zone, such as 2026-12-20T00:00",
        new JsonForm.Text("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"),
        text -> {
          try {
            return LocalDateTime.parse(text).withNano(0);
          } catch (DateTimeException e) {
            throw new IllegalArgumentException(e);
          }
        });
  }

  static Scalar<ZoneId> timezone() {
    return new Scalar<>(
        "time zone",
        "a time zone",
        "UTC, or the name of a region, such as Europe/Berlin",
        new JsonForm.Text("^[A-Za-z0-9/_+-]+$"),
        text -> {
          if (!ZoneId.getAvailableZoneIds().contains(text)) {
            throw new IllegalArgumentException(
                "'"
                    + text
                    + "' is not a time zone"
                    + Nearest.hint(text, ZoneId.getAvailableZoneIds().stream().sorted().toList()));
          }
          return ZoneId.of(text);
        });
  }

  private static Scalar<String> rule() {
    return new Scalar<>(
        "recurrence rule",
        "a recurrence rule",
        "FREQ=DAILY, WEEKLY, MONTHLY or YEARLY and what goes with it, such as FREQ=WEEKLY;BYDAY=FR",
        new JsonForm.Text("^FREQ=.+$"),
        text -> {
          RecurringFreeze.check(text);
          return text;
        });
  }
}

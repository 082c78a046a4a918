package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RecurringFreezeTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static RecurringFreeze freeze(String start, Duration duration, @Nullable String rule) {
    return new RecurringFreeze("f", LocalDateTime.parse(start), BERLIN, duration, rule);
  }

  private static Optional<Instant> at(RecurringFreeze freeze, String moment) {
    return freeze.endOf(Instant.parse(moment));
  }

  private static Optional<Instant> until(String moment) {
    return Optional.of(Instant.parse(moment));
  }

  @Test
  void aWindowWithoutARuleComesOnce() {
    RecurringFreeze once = freeze("2026-12-20T00:00", Duration.ofHours(24), null);

    assertThat(at(once, "2026-12-19T22:59:59Z")).isEmpty();
    assertThat(at(once, "2026-12-19T23:00:00Z")).isEqualTo(until("2026-12-20T23:00:00Z"));
    assertThat(at(once, "2026-12-20T22:59:59Z")).isEqualTo(until("2026-12-20T23:00:00Z"));
    assertThat(at(once, "2026-12-20T23:00:00Z")).isEmpty();
    assertThat(at(once, "2027-12-20T12:00:00Z")).isEmpty();
  }

  @Test
  void oneThatReachesOverTheEndOfTheYearComesEveryYear() {
    RecurringFreeze christmas = freeze("2026-12-20T00:00", Duration.ofDays(14), "FREQ=YEARLY");

    assertThat(at(christmas, "2026-12-01T12:00:00Z")).isEmpty();
    assertThat(at(christmas, "2027-01-01T12:00:00Z")).isEqualTo(until("2027-01-02T23:00:00Z"));
    assertThat(at(christmas, "2030-12-25T12:00:00Z")).isEqualTo(until("2031-01-02T23:00:00Z"));
    assertThat(at(christmas, "2025-12-25T12:00:00Z")).as("before it begins").isEmpty();
  }

  @Test
  void aNightEndsAtTheSameHourOnTheWallAlsoWhenTheClocksChange() {
    RecurringFreeze night = freeze("2026-03-01T22:00", Duration.ofHours(8), "FREQ=DAILY");

    assertThat(at(night, "2026-03-28T00:00:00Z")).isEqualTo(until("2026-03-28T05:00:00Z"));
    // The night to 29 March is an hour shorter, that to 25 October an hour longer.
    assertThat(at(night, "2026-03-29T00:00:00Z")).isEqualTo(until("2026-03-29T04:00:00Z"));
    assertThat(at(night, "2026-03-29T04:00:00Z")).isEmpty();
    assertThat(at(night, "2026-10-24T20:00:00Z")).isEqualTo(until("2026-10-25T05:00:00Z"));
    assertThat(at(night, "2026-10-25T04:59:00Z")).isEqualTo(until("2026-10-25T05:00:00Z"));
    assertThat(at(night, "2026-10-25T05:00:00Z")).isEmpty();
  }

  @Test
  void aWindowInTheHourThatComesTwiceCoversBothAndOneInTheHourThatIsLeftOutNone() {
    RecurringFreeze hour = freeze("2026-03-01T02:00", Duration.ofHours(1), "FREQ=DAILY");

    assertThat(at(hour, "2026-10-25T00:00:00Z")).isEqualTo(until("2026-10-25T02:00:00Z"));
    assertThat(at(hour, "2026-10-25T01:30:00Z")).isEqualTo(until("2026-10-25T02:00:00Z"));
    assertThat(at(hour, "2026-10-25T02:00:00Z")).isEmpty();
    assertThat(at(hour, "2026-03-29T00:59:00Z")).isEmpty();
    assertThat(at(hour, "2026-03-29T01:00:00Z")).isEmpty();
  }

  @Test
  void aLeapDayComesInLeapYears() {
    RecurringFreeze leap = freeze("2028-02-29T00:00", Duration.ofHours(24), "FREQ=YEARLY");

    assertThat(at(leap, "2028-02-29T12:00:00Z")).isPresent();
    assertThat(at(leap, "2029-02-28T12:00:00Z")).isEmpty();
    assertThat(at(leap, "2029-03-01T12:00:00Z")).isEmpty();
    assertThat(at(leap, "2032-02-29T12:00:00Z")).isPresent();
    assertThat(at(leap, "2100-03-01T12:00:00Z")).isEmpty();
  }

  @Test
  void anEndIsReadInEachOfItsForms() {
    Duration day = Duration.ofHours(24);
    for (String end : new String[] {"20260110", "20260110T000000", "20260109T230000Z"}) {
      RecurringFreeze ending = freeze("2026-01-01T00:00", day, "FREQ=DAILY;UNTIL=" + end);

      assertThat(at(ending, "2026-01-10T12:00:00Z")).as(end).isPresent();
      assertThat(at(ending, "2026-01-11T12:00:00Z")).as(end).isEmpty();
    }
  }

  @Test
  void aCountIsCountedFromTheStart() {
    RecurringFreeze three = freeze("2026-01-02T15:00", Duration.ofHours(57), "FREQ=WEEKLY;COUNT=3");

    assertThat(at(three, "2026-01-04T12:00:00Z")).isEqualTo(until("2026-01-04T23:00:00Z"));
    assertThat(at(three, "2026-01-17T12:00:00Z")).isPresent();
    assertThat(at(three, "2026-01-24T12:00:00Z")).isEmpty();
  }

  @Test
  void ofWindowsThatOverlapTheLastOneCounts() {
    RecurringFreeze long36 = freeze("2026-01-01T00:00", Duration.ofHours(36), "FREQ=DAILY");

    assertThat(at(long36, "2026-01-02T06:00:00Z")).isEqualTo(until("2026-01-03T11:00:00Z"));
  }

  /// 8,000 years of days are skipped rather than walked: each answer takes milliseconds.
  @Test
  @Timeout(20)
  void aMomentFarAwayIsAnsweredWithinBoundedWork() {
    RecurringFreeze daily = freeze("2026-01-01T08:00", Duration.ofHours(1), "FREQ=DAILY");
    RecurringFreeze counted =
        freeze("2026-01-01T08:00", Duration.ofHours(1), "FREQ=YEARLY;COUNT=1000");
    RecurringFreeze rare =
        freeze("2026-01-01T08:00", Duration.ofHours(1), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29");

    for (RecurringFreeze each : new RecurringFreeze[] {daily, counted, rare}) {
      for (int again = 0; again < 50; again++) {
        assertThat(at(each, "9999-06-01T12:00:00Z")).isEmpty();
      }
      assertThat(each.endOf(Instant.MAX)).isEmpty();
      assertThat(each.endOf(Instant.MIN)).isEmpty();
    }
    assertThat(at(daily, "9998-06-01T06:30:00Z")).isEqualTo(until("9998-06-01T07:00:00Z"));
  }

  @Test
  void aRuleThatIsNoneOrNeverComesIsRefused() {
    Duration day = Duration.ofHours(24);
    for (String bad :
        new String[] {
          "",
          "YEARLY",
          "FREQ=SOMETIMES",
          "FREQ=MINUTELY",
          "FREQ=DAILY;BYHOUR=3",
          "FREQ=DAILY;COUNT=1001",
          "FREQ=DAILY;COUNT=0",
          "FREQ=DAILY;UNTIL=20250101",
          "FREQ=DAILY;INTERVAL=0",
          "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
        }) {
      assertThatThrownBy(() -> freeze("2026-01-01T00:00", day, bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}

package dev.banyan.config;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// Bad files, as in [BadFiles]: wrong about how families may move.
final class BadPolicies {
  private static final String RULE =
      "; allowed: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY and what goes with it, such as"
          + " FREQ=WEEKLY;BYDAY=FR";

  private BadPolicies() {}

  static Stream<Arguments> all() {
    return Stream.of(
        BadFiles.bad(
            BadFiles.SERVICES + "store: { schema: banyan }",
            "banyan.yaml:4:18: store.schema: store has no valid store.url; for example: url:"
                + " jdbc:postgresql://db.internal/banyan"),
        BadFiles.bad(
            BadFiles.SERVICES + "store: { url: \"jdbc:mysql://h/d\" }",
            "banyan.yaml:4:15: store.url: 'jdbc:mysql://h/d' is not a PostgreSQL's JDBC URL;"
                + " allowed: jdbc:postgresql://host[:port]/database, without credentials"),
        BadFiles.bad(
            BadFiles.SERVICES + "store: { url: \"jdbc:postgresql://h/d\", schema: Big }",
            "banyan.yaml:4:48: store.schema: 'Big' is not a schema's name; allowed: up to 63 small"
                + " letters (a-z), digits and '_', beginning with no digit"),
        BadFiles.badFamily(
            "    steps: [1%, { weight: 1%, soak: 2h }, { soak: 1h }]\n",
            "banyan.yaml:8:27: families.users.steps[1].weight: '1%' comes after '1%'; allowed: more"
                + " with every step",
            "banyan.yaml:8:43: families.users.steps[2].weight: the key 'weight' is missing; for"
                + " example: weight: 5%"),
        BadFiles.badFamily(
            "    require_approval: [legacy]\n",
            "banyan.yaml:8:24: families.users.require_approval[0]: 'legacy' is unknown; allowed:"
                + " shadow, canary, reads, writes, retired"),
        BadFiles.badFamily(
            "    strategy: blue-green\n    require_approval: [canary, reads]\n",
            "banyan.yaml:9:24: families.users.require_approval[0]: 'canary' is left out by"
                + " strategy: blue-green, which goes from shadow to reads; allowed: shadow, reads,"
                + " writes, retired"),
        BadFiles.badFamily(
            "    freeze: [chrismas]\nfreezes:\n  christmas: { start: 2026-12-20T00:00, duration:"
                + " 24h }\n",
            "banyan.yaml:8:14: families.users.freeze[0]: there is no freeze 'chrismas' (did you"
                + " mean 'christmas'?); allowed: christmas"),
        badFreeze(
            "start: 2026-02-30T00:00, duration: 24h",
            "banyan.yaml:5:15: freezes.f.start: '2026-02-30T00:00' is not a date and a time of"
                + " day; allowed: year, month, day, hour and minute without a zone, such as"
                + " 2026-12-20T00:00"),
        badFreeze(
            "start: 2026-12-20T00:00, duration: 24h, timezone: Europe/Berlim",
            "banyan.yaml:5:58: freezes.f.timezone: 'Europe/Berlim' is not a time zone (did you mean"
                + " 'Europe/Berlin'?); allowed: UTC, or the name of a region, such as"
                + " Europe/Berlin"),
        badFreeze(
            "start: 2026-12-20T00:00, duration: 24h, rule: FREQ=HOURLY",
            "banyan.yaml:5:54: freezes.f.rule: 'FREQ=HOURLY' comes more often than every day; a"
                + " window has a day to begin on"
                + RULE),
        badFreeze(
            "start: 2026-12-20T00:00, duration: 24h, rule: FREQ=YEARLY;UNTIL=20250101",
            "banyan.yaml:5:54: freezes.f.rule: the rule ends at 2025-01-01T23:59:59, before the"
                + " start at 2026-12-20T00:00; allowed: a rule that comes after the start"),
        badFreeze(
            "start: 2026-12-20T00:00, duration: 24h, rule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "banyan.yaml:5:54: freezes.f.rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' with a start"
                + " of 2026-12-20T00:00 never comes; allowed: a rule that comes after the start"));
  }

  /// A freeze with these keys in line 5.
  private static Arguments badFreeze(String keys, String... headlines) {
    return BadFiles.bad(BadFiles.SERVICES + "freezes:\n  f: { " + keys + " }\n", headlines);
  }
}

package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.ParityEvidence.Sample;
import dev.banyan.migration.Severity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FieldTableTest {
  private static final Endpoint ENDPOINT = new Endpoint("GET", "/users");
  private static final BookLimits LIMITS = new BookLimits(1, 4, 100, 1, 3);
  private static final EndpointCount.Ruled NOTHING =
      new EndpointCount.Ruled() {
        @Override
        public @Nullable String accepted(String where, Kind kind) {
          return null;
        }

        @Override
        public boolean critical(String where, Kind kind) {
          return false;
        }

        @Override
        public @Nullable Double noise(int status, String where, Kind kind) {
          return null;
        }
      };

  private final EndpointCount count = new EndpointCount(LIMITS);
  private final SplittableRandom random = new SplittableRandom(20_260_101);

  private void differed(int status, String where, Kind kind) {
    count.differed(
        status,
        Units.ALONE,
        List.of(new Difference(where, kind, Severity.RISKY, "1", "2")),
        NOTHING,
        random::nextLong,
        difference -> new Sample("GET /users", difference.where(), ""));
  }

  /// A million differences, most of them at places that come once: what is kept is bounded, nothing
  /// is lost, and the places that come often are told of by their names, also those that only began
  /// when everything was full.
  @Test
  void aMillionRandomPlacesStayBoundedAndAddUp() {
    int all = 1_000_000;
    Map<String, Integer> frequent = new HashMap<>();
    for (int i = 0; i < all; i++) {
      int status = 200 + random.nextInt(8);
      Kind kind = random.nextBoolean() ? Kind.VALUE : Kind.TYPE;
      if (random.nextInt(10) == 0) {
        String where = "body:$.often" + random.nextInt(5) + (i < all / 2 ? "" : "late");
        frequent.merge(where, 1, Integer::sum);
        differed(200, where, Kind.VALUE);
      } else {
        differed(status, "body:$.k" + random.nextInt(all), kind);
      }
    }

    List<EndpointParity> parts = count.evidence(ENDPOINT, NOTHING);
    List<FieldDifference> fields =
        parts.stream().flatMap(part -> part.differences().stream()).toList();
    assertThat(parts).hasSizeLessThanOrEqualTo(LIMITS.statuses() + 1);
    assertThat(fields)
        .hasSizeLessThanOrEqualTo(LIMITS.fields() + (LIMITS.statuses() + 1) * Kind.values().length);
    assertThat(fields).allSatisfy(field -> assertThat(field.samples()).hasSizeLessThanOrEqualTo(3));
    assertThat(parts.stream().mapToLong(EndpointParity::compared).sum()).isEqualTo(all);
    assertThat(parts.stream().mapToLong(EndpointParity::mismatched).sum()).isEqualTo(all);
    assertThat(fields.stream().mapToLong(FieldDifference::count).sum()).isEqualTo(all);
    assertThat(frequent).hasSize(10);
    Map<String, Long> told = new HashMap<>();
    fields.forEach(field -> told.merge(field.where(), field.count(), Long::sum));
    frequent.forEach((where, times) ->
        assertThat(told)
            .as(where)
            .containsKey(where)
            .extractingByKey(where)
            .satisfies(shown -> {
              assertThat(shown).isLessThanOrEqualTo((long) times);
              assertThat(shown).isGreaterThan((long) (times * 0.9));
            }));
  }

  @Test
  void theRarestGivesWayAndItsCountIsNotLost() {
    for (int place = 0; place < 100; place++) {
      differed(200, "body:$.f" + place, Kind.VALUE);
      differed(200, "body:$.f" + place, Kind.VALUE);
    }
    differed(404, "body:$.new", Kind.TYPE);

    List<EndpointParity> parts = count.evidence(ENDPOINT, NOTHING);
    assertThat(parts).extracting(EndpointParity::status).containsExactly(200, 404);
    assertThat(parts.getLast().differences())
        .extracting(field -> field.where() + " " + field.count())
        .containsExactly("body:$.new 1");
    assertThat(parts.getFirst().differences())
        .hasSize(100)
        .anySatisfy(field -> {
          assertThat(field.where()).isEqualTo(ParityBook.OTHER);
          assertThat(field.count()).isEqualTo(2);
          assertThat(field.samples()).hasSize(2);
        });
  }

  @Test
  void goesOnAfterARestartWhereItStopped() {
    for (int i = 0; i < 300; i++) {
      differed(200 + i % 6, "body:$.f" + i, Kind.VALUE);
    }
    List<EndpointParity> before = count.evidence(ENDPOINT, NOTHING);
    EndpointCount again = new EndpointCount(LIMITS);
    before.forEach(again::restore);
    assertThat(again.evidence(ENDPOINT, NOTHING)).isEqualTo(before);
  }
}

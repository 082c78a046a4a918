package dev.banyan.demo.tour;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class FamilyTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void aFamilyRisesWhenEveryGateIsOpen() {
    assertThat(family("promote", "promote").mayRise()).isTrue();
    Family waiting = family("promote", "hold");
    assertThat(waiting.mayRise()).isFalse();
    assertThat(waiting.waitsFor())
        .hasValueSatisfying(gate -> assertThat(gate.name()).isEqualTo("soak"));
  }

  @Test
  void theEndpointWithLeastProofCounts() {
    assertThat(family("hold", "hold").proof()).contains(0.25);
  }

  @Test
  void aPlaceIsAPhaseAndAWeightWhereOneIsNamed() {
    Family family = family("hold", "hold");
    assertThat(new Strike.Place("canary", "25%").is(family)).isTrue();
    assertThat(new Strike.Place("canary", null).is(family)).isTrue();
    assertThat(new Strike.Place("canary", "5%").is(family)).isFalse();
    assertThat(new Strike.Place("reads", null).is(family)).isFalse();
  }

  private static Family family(String parity, String soak) {
    return Family.of(
        JSON.readTree(
            """
            {"name": "users", "phase": "canary", "weight": "25%%", "readShare": 0.25,
             "next": {"phase": "canary", "weight": "100%%"},
             "gates": [
               {"gate": "parity", "opinion": "%s", "says": "", "numbers":
                 {"wantedLogE": 4.0, "GET /users logE": 1.0, "GET /users/{id} logE": 9.0}},
               {"gate": "soak", "opinion": "%s", "says": "", "numbers": {}}]}
            """
                .formatted(parity, soak)));
  }
}

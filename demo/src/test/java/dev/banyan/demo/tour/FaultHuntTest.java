package dev.banyan.demo.tour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.demo.candidate.Fault;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FaultHuntTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final FaultHunt hunt = new FaultHunt();

  @Test
  void aFaultIsFoundAtItsEndpointAndPlaceOnly() {
    hunt.planted(report("/users/{id}", "body:$.id", "breaking"));
    assertThat(hunt.missing()).doesNotContain(Fault.ID_AS_STRING).contains(Fault.WRAPPED_LIST);
    assertThat(hunt.seen(Fault.ID_AS_STRING)).isEqualTo(7);
    assertThat(hunt.kind(Fault.ID_AS_STRING)).isEqualTo("type");
    assertThat(hunt.falseAlarms()).isEmpty();
    assertThat(hunt.allFound()).isFalse();
  }

  @Test
  void aDifferenceThatNoFaultExplainsIsAFalseAlarm() {
    hunt.planted(report("/users/{id}", "body:$.name", "breaking"));
    hunt.planted(report("/products/{id}", "body:$.id", "risky"));
    assertThat(hunt.found()).isZero();
    assertThat(hunt.falseAlarms()).hasSize(2);
  }

  @Test
  void whatFollowsFromAFaultIsNeitherFoundNorAlarm() {
    hunt.planted(report("/orders/{id}/cancel", "header:allow", "breaking"));
    hunt.planted(report("/users/{id}", "header:etag", "risky"));
    assertThat(hunt.found()).isZero();
    assertThat(hunt.falseAlarms()).isEmpty();
  }

  @Test
  void cosmeticDifferencesAreNoAlarms() {
    hunt.planted(report("/users/{id}", "body:$.name", "cosmetic"));
    hunt.mended(report("/users/{id}", "body:$.name", "cosmetic"));
    assertThat(hunt.falseAlarms()).isEmpty();
  }

  @Test
  void everyDifferenceOfAMendedCandidateIsAFalseAlarm() {
    hunt.mended(report("/users/{id}", "body:$.id", "breaking"));
    assertThat(hunt.falseAlarms()).singleElement().asString().contains("with nothing planted");
  }

  @Test
  void allAreFoundWhenEachHasItsPlace() {
    for (Fault fault : Fault.values()) {
      assertThat(hunt.allFound()).isFalse();
      hunt.planted(report(fault.template(), fault.where(), "breaking"));
    }
    assertThat(hunt.allFound()).isTrue();
    assertThat(hunt.falseAlarms()).isEmpty();
  }

  private static JsonNode report(String template, String where, String severity) {
    return JSON.readTree(
        """
        {"endpoints": [{"method": "GET", "template": "%s", "differences": [
          {"where": "%s", "kind": "type", "severity": "%s", "count": 7, "samples": []}]}]}
        """
            .formatted(template, where, severity));
  }
}

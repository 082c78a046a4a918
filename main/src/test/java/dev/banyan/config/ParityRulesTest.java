package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.parity.Acceptances;
import dev.banyan.parity.Scope;
import dev.banyan.parity.SeverityRules;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Severities and accepted differences in `banyan.yaml`.
class ParityRulesTest {
  private static final String OTHERS = ", reason: agreed, author: ann, until: 2027-03-31";

  @TempDir private Path folder;

  /// A family with these keys below `parity`, from line 9 on.
  private static String parity(String keys) {
    return BadFiles.SERVICES
        + "families:\n  users:\n    candidate: users\n"
        + "    routes: [\"GET /users/{id}\", /all]\n    parity:\n"
        + keys.indent(6);
  }

  @Test
  void severitiesAndAcceptedDifferencesAreRead() {
    FamilyConfig family =
        Yaml.in(folder)
            .loaded(
                parity(
                    """
                    severities:
                      - { where: header:etag, severity: cosmetic }
                      - { where: status, endpoint: "GET /users/{id}", kind: value, severity: risky }
                    accept:
                      - where: "body:$.at"
                        endpoint: HEAD /users/{id}
                        kind: spelling
                        reason: no fractions
                        author: ann
                        until: 2027-03-31
                    """))
            .families()
            .getFirst();
    assertThat(family.rules())
        .isEqualTo(
            new SeverityRules(
                List.of(
                    new SeverityRules.Rule(
                        Optional.empty(), "header:etag", Optional.empty(), Severity.COSMETIC),
                    new SeverityRules.Rule(
                        Optional.of(new Endpoint("GET", "/users/{id}")),
                        "status",
                        Optional.of(Kind.VALUE),
                        Severity.RISKY))));
    assertThat(family.accepted().entries())
        .containsExactly(
            new Acceptances.Entry(
                new Scope(
                    Optional.of(new Endpoint("HEAD", "/users/{id}")),
                    "body:$.at",
                    Optional.of(Kind.SPELLING)),
                "no fractions",
                "ann",
                LocalDate.parse("2027-03-31")));
    assertThat(family.has(new Endpoint("POST", "/all"))).isTrue();
    assertThat(family.has(new Endpoint("POST", "/users/{id}"))).isFalse();
  }

  private List<String> headlines(String keys) {
    return Yaml.in(folder).headlines(parity(keys));
  }

  @Test
  void badRulesAreToldWithTheirPlaces() {
    assertThat(headlines("accept: [{ where: \"$.id\"" + OTHERS + " }]"))
        .singleElement()
        .asString()
        .startsWith("banyan.yaml:9:25: families.users.parity.accept[0].where: '$.id' is no place");
    assertThat(headlines("severities: [{ where: header:ETag, severity: cosmetic }]"))
        .singleElement()
        .asString()
        .startsWith("banyan.yaml:9:29: families.users.parity.severities[0].where: 'header:ETag'");
    assertThat(headlines("accept: [{ where: status, author: ann, until: 2027-03-31 }]"))
        .singleElement()
        .asString()
        .startsWith("banyan.yaml:9:16: families.users.parity.accept[0].reason: the key 'reason'");
    assertThat(headlines("accept: [{ where: status, reason: r, author: a, until: 2027-02-30 }]"))
        .singleElement()
        .asString()
        .startsWith(
            "banyan.yaml:9:62: families.users.parity.accept[0].until: '2027-02-30' is not a");
    assertThat(headlines("severities: [{ where: status, severity: harmless }]"))
        .singleElement()
        .asString()
        .startsWith("banyan.yaml:9:47: families.users.parity.severities[0].severity: 'harmless'");
  }

  @Test
  void aRuleForAnEndpointThatTheFamilyDoesNotHaveIsToldOf() {
    assertThat(headlines("accept: [{ where: status, endpoint: \"GET /user/{id}\"" + OTHERS + " }]"))
        .containsExactly(
            "banyan.yaml:9:43: families.users.parity.accept[0].endpoint: no route of the family is"
                + " 'GET /user/{id}' (did you mean 'GET /users/{id}'?); allowed: a method and the"
                + " path of a route, such as GET /users/{id}");
  }

  @Test
  void twoRulesForOnePlaceAreToldOf() {
    assertThat(
            headlines(
                """
                severities:
                  - { where: status, severity: risky }
                  - { where: status, kind: value, severity: risky }
                  - { where: status, severity: cosmetic }
                """))
        .containsExactly(
            "banyan.yaml:12:11: families.users.parity.severities[2]: this is ruled already in line"
                + " 10, column 11; allowed: each endpoint, place and kind once");
  }

  @Test
  void whatIsOverIsWarnedOfWithItsPlaceAndNoProblem() {
    ConfigResult result = Yaml.in(folder).load(parity("accept: [{ where: status" + OTHERS + " }]"));
    ConfigResult.Loaded loaded = (ConfigResult.Loaded) result;
    assertThat(loaded.warnings(LocalDate.parse("2027-03-31"))).isEmpty();
    assertThat(loaded.warnings(LocalDate.parse("2027-04-01")))
        .extracting(Problem::headline)
        .containsExactly(
            "banyan.yaml:9:16: families.users.parity.accept[0]: every difference at status was"
                + " accepted until 2027-03-31 and counts as a mismatch again; take it out, or give"
                + " it another end");
  }
}

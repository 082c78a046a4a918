package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.routing.WriteShadow;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A sandbox is never a service that clients live on, however it is written.
class SandboxConfigTest {
  @TempDir Path folder;

  /// Two families; the keys of the first one's `shadow` stand in line 10 from column 15 on.
  private static String file(String sandboxUrl, String shadow) {
    return """
    listen: "0.0.0.0:8080"
    services:
      legacy: { url: [http://127.0.0.1:3000, "http://[2001:db8::1]:3000"] }
      users: { url: https://users.internal }
      orders: { url: http://127.0.0.1:4000 }
      box: { url: "%s" }
    families:
      users:
        candidate: users
        shadow: { %s }
        routes: [/users]
      orders: { candidate: orders, routes: [/orders] }
    """
        .formatted(sandboxUrl, shadow);
  }

  private static String sandboxed(String url) {
    return file(url, "writes: sandbox, sandbox: box");
  }

  @Test
  void aPlaceOfItsOwnIsASandbox() {
    BanyanConfig config = Yaml.in(folder).loaded(sandboxed("http://127.0.0.1:5000"));
    assertThat(config.family("users").orElseThrow().writes())
        .isEqualTo(new WriteShadow.Sandbox("box"));
    assertThat(config.family("orders").orElseThrow().writes()).isEqualTo(WriteShadow.BLOCKED);
  }

  @Test
  void aDryRunNeedsNothingElse() {
    BanyanConfig config = Yaml.in(folder).loaded(file("http://127.0.0.1:5000", "writes: dry-run"));
    assertThat(config.family("users").orElseThrow().writes()).isEqualTo(new WriteShadow.DryRun());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "legacy | the legacy service",
        "users  | the candidate of family 'users'",
        "orders | the candidate of family 'orders'",
      })
  void aServiceThatClientsAreAnsweredByIsNone(String name, String role) {
    assertThat(
            Yaml.in(folder)
                .headlines(file("http://127.0.0.1:5000", "writes: sandbox, sandbox: " + name)))
        .containsExactly(
            "banyan.yaml:10:41: families.users.shadow.sandbox: '"
                + name
                + "' is "
                + role
                + ", and a sandbox carries out copies of writes; allowed: a service that no client"
                + " is ever answered by");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:3000",
        "https://127.0.0.1:3000",
        "http://localhost:3000",
        "http://LOCALHOST.:3000",
        "http://api.localhost:3000",
        "http://127.9.9.9:3000",
        "http://0.0.0.0:3000",
        "http://[::1]:3000",
        "http://[0:0:0:0:0:0:0:1]:3000",
        "http://[::]:3000",
        "http://[::ffff:127.0.0.1]:3000",
        "http://[2001:DB8:0::1]:3000",
      })
  void anotherSpellingOfTheLegacysPlaceIsNone(String url) {
    assertThat(Yaml.in(folder).headlines(sandboxed(url)))
        .containsExactly(
            "banyan.yaml:10:41: families.users.shadow.sandbox: the sandbox 'box' is where service"
                + " 'legacy' is (its URL in line 6); allowed: a place of its own");
  }

  @ParameterizedTest
  @CsvSource({
    "https://USERS.internal:443, service 'users'",
    "http://users.internal.:443, service 'users'",
    "http://localhost:4000, service 'orders'",
    "http://127.0.0.1:8080, Banyan itself (listen)",
  })
  void norIsThatOfAnyCandidateOrOfBanyan(String url, String occupant) {
    assertThat(Yaml.in(folder).headlines(sandboxed(url)))
        .containsExactly(
            "banyan.yaml:10:41: families.users.shadow.sandbox: the sandbox 'box' is where "
                + occupant
                + " is (its URL in line 6); allowed: a place of its own");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "writes: sandbox |banyan.yaml:10:23: families.users.shadow.writes: 'sandbox' needs to know"
            + " which service that is; for example: sandbox: users-sandbox",
        "sandbox: box |banyan.yaml:10:24: families.users.shadow.sandbox: a sandbox gets nothing"
            + " while writes is 'blocked'; allowed: writes: sandbox, or no sandbox",
        "writes: dry-run, sandbox: box |banyan.yaml:10:41: families.users.shadow.sandbox: a sandbox"
            + " gets nothing while writes is 'dry-run'; allowed: writes: sandbox, or no sandbox",
        "writes: dryrun |banyan.yaml:10:23: families.users.shadow.writes: 'dryrun' is unknown (did"
            + " you mean 'dry-run'?); allowed: blocked, dry-run, sandbox",
        "writes: sandbox, sandbox: bix |banyan.yaml:10:41: families.users.shadow.sandbox: there is"
            + " no service 'bix' (did you mean 'box'?); allowed: legacy, users, orders, box",
      })
  void whatDoesNotFitTogetherIsAnError(String shadow, String headline) {
    assertThat(Yaml.in(folder).headlines(file("http://127.0.0.1:5000", shadow)))
        .containsExactly(headline);
  }
}

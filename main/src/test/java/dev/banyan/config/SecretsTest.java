package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No secret in any word that Banyan says about a file.
class SecretsTest {
  private static final String SERVICES = "services: { legacy: { url: http://127.0.0.1:3000 } }\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "control: { token: hunter2xyz, listen: nowhere }",
        "control: { listen: nowhere, token: hunter2xyz }",
        "control: { tokn: hunter2xyz }",
        "control: { token: 'hunter2xyz hunter2xyz' }",
        "control: { token: [hunter2xyz] }",
        "control: { token: hunter2xyz, token: hunter2xyz }",
        "control: { auth: { key: hunter2xyz }, listen: nowhere }",
        "control: { listen: '${FROM_ENV}' }",
        "control: { listen: '${file:secret}' }",
        "control: { listen: 'x${FROM_ENV}' }",
        "control: { token: 'bad ${FROM_ENV}' }",
        "control: { token: '${NOT_SET:hunter2xyz }' }",
        "control: { token: \"hunter2xyz }",
        "control: { token: *hunter2xyz }",
        "control: { token: !hunter2xyz x }",
        "control: { token: !hunter2xyz!x x }",
        "control: { token: \"a${hunter2xyz b}\" }",
        "control:\n  token: a: hunter2xyz",
        "control:\n  token: @hunter2xyz",
        "control:\n  token: |\n    hunter2xyz\n    hunter2xyz\n  listen: nowhere",
        "store: { url: 'jdbc:postgresql://ann:hunter2xyz@h/d' }",
        "store: { url: 'jdbc:postgresql://h/d?user=ann&password=hunter2xyz' }",
        "store: { url: 'jdbc:mysql://h/d?sslpassword=hunter2xyz' }",
        "store: { password: hunter2xyz }",
        "store: { password: hunter2xyz, url: nowhere, schema: '${FROM_ENV}' }",
        "families: { f: { candidate: '${FROM_ENV}', routes: ['${FROM_ENV}'] } }",
        "families: { f: { sticky: '${FROM_ENV}', data: '${FROM_ENV}', steps: ['${FROM_ENV}'] } }",
      })
  void noProblemShowsASecret(String yaml) throws Exception {
    Files.writeString(folder.resolve("secret"), "hunter2xyz\n");
    List<Problem> problems =
        new Yaml(folder, Map.of("FROM_ENV", "hunter2xyz")).problems(SERVICES + yaml);

    assertThat(problems)
        .isNotEmpty()
        .allSatisfy(problem -> {
          assertThat(problem.text()).doesNotContain("hunter2xyz");
          assertThat(problem.toString()).doesNotContain("hunter2xyz");
        });
  }

  @Test
  void aPasswordInAUrlIsNotShown() {
    List<Problem> problems =
        Yaml.in(folder).problems("services: { legacy: { url: http://ann:hunter2xyz@a } }");

    assertThat(problems).hasSize(1);
    assertThat(problems.getFirst().text()).doesNotContain("hunter2xyz").contains("//*");
  }

  @Test
  void aLoadedConfigurationDoesNotShowItsToken() {
    BanyanConfig config = Yaml.in(folder).loaded(SERVICES + "control: { token: hunter2xyz }");

    assertThat(config.toString()).contains("[secret]").doesNotContain("hunter2xyz");
  }

  @Test
  void aLoadedConfigurationDoesNotShowThePasswordOfItsStore() {
    BanyanConfig config =
        Yaml.in(folder)
            .loaded(
                SERVICES
                    + "store: { url: 'jdbc:postgresql://h:5433/d', user: ann, password: hunter2xyz,"
                    + " replica: one }");

    assertThat(config.store())
        .isEqualTo(
            new BanyanConfig.SharedStore(
                "jdbc:postgresql://h:5433/d", "ann", new Secret("hunter2xyz"), "banyan", "one"));
    assertThat(config.toString()).doesNotContain("hunter2xyz");
  }

  @Test
  void aSecretKnowsItselfOnly() {
    Secret secret = new Secret("hunter2xyz");

    assertThat(secret.matches("hunter2xyz")).isTrue();
    assertThat(secret.matches("hunter2xy")).isFalse();
    assertThat(secret.matches("")).isFalse();
  }
}

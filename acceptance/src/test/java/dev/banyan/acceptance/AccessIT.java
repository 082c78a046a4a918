package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Who may look, and what there is to see: console, API document, health, tokens.
@ExtendWith(Transcripts.class)
final class AccessIT {
  private static final Pattern ASSET = Pattern.compile("(?:src|href)=\"(/assets/[^\"]+)\"");
  private static final String TOKEN = "a-token-for-tests";

  @Test
  void servesTheConsoleWithAllItsAssets() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control control = banyan.control();
      Control.Answer page = control.get("/").done();
      assertThat(page.header("content-type")).startsWith("text/html");
      assertThat(page.body()).contains("items", "catalogue-team", "legacy");
      Matcher assets = ASSET.matcher(page.body());
      int count = 0;
      for (; assets.find(); count++) {
        Control.Answer asset = control.get(assets.group(1));
        assertThat(asset.status()).as(assets.group(1)).isEqualTo(200);
        assertThat(asset.body()).isNotEmpty();
      }
      assertThat(count).as("assets of the console").isPositive();
    }
  }

  @Test
  void describesItsApi() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      JsonNode document = banyan.control().get("/api/v1/openapi.json").done().json();
      assertThat(document.path("openapi").asString("")).startsWith("3.");
      assertThat(document.path("paths").propertyNames())
          .anyMatch(path -> path.endsWith("/promote"))
          .anyMatch(path -> path.endsWith("/rollback"))
          .anyMatch(path -> path.endsWith("/status"));
    }
  }

  @Test
  void saysThatItIsUpAndReady() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      assertThat(banyan.control().get("/healthz").status()).isEqualTo(200);
      assertThat(banyan.control().get("/readyz").status()).isEqualTo(200);
      JsonNode status = banyan.control().status();
      assertThat(status.path("version").asString("")).isNotBlank();
      assertThat(status.path("listen").asString("")).endsWith(":" + banyan.port());
      assertThat(status.path("config").path("file").asString("")).contains("banyan.yaml");
      JsonNode family = status.path("families").path(0);
      assertThat(family.path("owner").asString("")).isEqualTo("catalogue-team");
      assertThat(family.path("routes").valueStream().map(route -> route.asString("")))
          .contains("GET /items/{id}");
    }
  }

  @Test
  void refusesToBeControlledFromElsewhereWithoutAToken(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("banyan.yaml");
    try (Sides sides = Sides.open()) {
      Files.writeString(
          file, "listen: 127.0.0.1:0\ncontrol: { listen: 0.0.0.0:0 }\n" + sides.items());
      Program.Ended ended =
          Program.run("run", file.toString(), "--data", directory.resolve("data").toString());
      assertThat(ended.exit()).isNotZero();
      assertThat(ended.said()).contains("token").doesNotContain("serving on");
    }
  }

  @Test
  void asksForItsTokenEverywhereButForHealth() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving("listen: 0.0.0.0:0, token: " + TOKEN, sides.items())) {
      Control control = banyan.control();
      String status = "/api/v1/status";
      Control.Answer nobody = control.get(status);
      assertThat(nobody.status()).isEqualTo(401);
      assertThat(nobody.code()).isEqualTo("unauthorized");
      assertThat(control.get(status, "Authorization", "Bearer wrong").status()).isEqualTo(401);
      assertThat(control.promote("items").status()).isEqualTo(401);
      assertThat(control.get("/api/v1/events").status()).isEqualTo(401);
      assertThat(control.get("/healthz").status()).isEqualTo(200);
      assertThat(control.get("/readyz").status()).isEqualTo(200);
      Control.Answer known = control.get(status, "Authorization", "Bearer " + TOKEN).done();
      assertThat(known.body()).doesNotContain(TOKEN);
      assertThat(control.get("/").body()).doesNotContain("catalogue-team");

      assertThat(banyan.command("status").exit()).isNotZero();
      assertThat(banyan.command("--token", TOKEN, "status").exit()).isZero();
      assertThat(banyan.stdout() + banyan.stderr()).doesNotContain(TOKEN);
    }
  }
}

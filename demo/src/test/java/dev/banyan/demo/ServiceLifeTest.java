package dev.banyan.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.demo.shop.ShopDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceLifeTest {
  @TempDir private Path directory;

  @Test
  void servicesServeUntilTheirInputEnds() throws Exception {
    try (ShopDatabase database = ShopDatabase.start(directory)) {
      for (String service : List.of("legacy", "candidate")) {
        Process process = start(service, database);
        try (BufferedReader output = process.inputReader();
            HttpClient client = HttpClient.newHttpClient()) {
          String ready = String.valueOf(output.readLine());
          assertThat(ready).startsWith(service + ": serving on 127.0.0.1:");
          int port = Integer.parseInt(ready.replaceAll(".*?:([0-9]+)(,.*)?$", "$1"));
          assertThat(new Wire(client, port).get("/users/1").status()).isEqualTo(200);
          process.outputWriter().close();
          assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
          assertThat(process.exitValue()).isZero();
        } finally {
          process.destroyForcibly();
        }
      }
    }
  }

  @Test
  void terminationEndsAService() throws Exception {
    try (ShopDatabase database = ShopDatabase.start(directory)) {
      Process process = start("legacy", database);
      try (BufferedReader output = process.inputReader()) {
        assertThat(output.readLine()).startsWith("legacy: serving on");
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void aPairServesEachSideOverRowsOfItsOwn() throws Exception {
    Process process = program("demo", "pair", "--legacy-port=0", "--candidate-port=0");
    try (BufferedReader output = process.inputReader();
        HttpClient client = HttpClient.newHttpClient()) {
      String ready = String.valueOf(output.readLine());
      assertThat(ready).startsWith("pair: legacy on http://127.0.0.1:");
      Wire legacy = new Wire(client, port(ready, "legacy"));
      Wire candidate = new Wire(client, port(ready, "candidate"));

      assertThat(candidate.get("/users/1").body()).isEqualTo(legacy.get("/users/1").body());
      assertThat(legacy.ask("DELETE", "/orders/5", "").status()).isEqualTo(204);
      assertThat(legacy.get("/orders/5").status()).isEqualTo(404);
      assertThat(candidate.get("/orders/5").status()).isEqualTo(200);

      process.outputWriter().close();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroy();
    }
  }

  private static int port(String ready, String side) {
    return Integer.parseInt(ready.replaceAll(".*" + side + " on \\S+?:([0-9]+).*", "$1"));
  }

  private static Process start(String service, ShopDatabase database) throws IOException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of(service, "--db", database.url(ShopDatabase.SHOP, service)));
    if (service.equals("candidate")) {
      words.addAll(List.of("--orders-db", database.url(ShopDatabase.ORDERS_DATABASE, "candidate")));
    }
    return program(words.toArray(String[]::new));
  }

  private static Process program(String... words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
  }
}

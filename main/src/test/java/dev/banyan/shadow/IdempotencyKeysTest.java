package dev.banyan.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class IdempotencyKeysTest {
  private static final Endpoint ROUTE = new Endpoint("POST", "/users");
  private static final Request PLAIN = new Request("POST", "/users", Headers.NONE, Body.EMPTY);

  private final IdempotencyKeys keys = new IdempotencyKeys(new byte[] {1, 2, 3});

  @Test
  void isTheHmacOfTheExchangeAndItsRoute() throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(new byte[] {1, 2, 3}, "HmacSHA256"));
    byte[] sum = mac.doFinal("id r1\nPOST /users".getBytes(StandardCharsets.UTF_8));
    assertThat(keys.of("r1", ROUTE, PLAIN))
        .isEqualTo(Base64.getUrlEncoder().withoutPadding().encodeToString(sum))
        .isEqualTo(keys.of("r1", ROUTE, PLAIN));
  }

  @Test
  void anotherExchangeRouteOrSecretHasAnotherKey() {
    String key = keys.of("r1", ROUTE, PLAIN);
    assertThat(keys.of("r2", ROUTE, PLAIN)).isNotEqualTo(key);
    assertThat(keys.of("r1", new Endpoint("PUT", "/users"), PLAIN)).isNotEqualTo(key);
    assertThat(new IdempotencyKeys(new byte[] {9}).of("r1", ROUTE, PLAIN)).isNotEqualTo(key);
  }

  @Test
  void aClientsKeyStandsForTheExchangeAndIsNotTold() {
    Request keyed =
        new Request("POST", "/users", Headers.of("idempotency-key", "mine"), Body.EMPTY);
    assertThat(keys.of("r1", ROUTE, keyed))
        .isEqualTo(keys.of("r2", ROUTE, keyed))
        .isNotEqualTo(keys.of("mine", ROUTE, PLAIN))
        .doesNotContain("mine");
  }
}

package dev.banyan.dual;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Side;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// Entries for tests.
public final class Entries {
  static final Instant AT = Instant.parse("2026-03-01T08:00:00.123456789Z");

  private Entries() {}

  static Entry of(String family, long unit, Side owner, String... touched) {
    Headers headers = Headers.of("X-Who", "\"é\"", "Idempotency-Key", "k-1", "x-who", "");
    byte[] body = "{\"name\":\"é\u0000\"}".getBytes(StandardCharsets.UTF_8);
    return Entry.intended(
        family,
        unit,
        owner,
        "gateway-1",
        AT,
        new Request("PUT", "/users/42?secret=1", headers, Body.of(body)),
        "k-1",
        true,
        touched.length == 0 ? Set.of(DirtyKeys.WHOLE) : Set.of(touched));
  }

  /// Writes it, and gives it back as it is then.
  static Entry write(OutboxStore store, Entry entry) {
    long seq = store.write(List.of(new Step.Intend(entry))).getFirst();
    return store.find(seq).orElseThrow();
  }

  /// Moves it, and gives it back as it is then.
  static Entry move(OutboxStore store, Entry entry, EntryState to) {
    store.write(List.of(new Step.Move(entry.seq(), entry.state(), to, 0, "moved")));
    return store.find(entry.seq()).orElseThrow();
  }
}

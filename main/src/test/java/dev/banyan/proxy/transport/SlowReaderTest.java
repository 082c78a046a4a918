package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A backend that has said all, ended its side and waits for nothing, before the client has read
/// anything: what is on its way at that moment must arrive.
@Timeout(120)
class SlowReaderTest {
  private static final int STEP = 256 << 10;
  private static final int LONGEST = 8 << 20;

  private static final String AGREED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: bytes\r\nConnection: Upgrade\r\n\r\n";

  /// The kernel's buffers decide at which length the end has come while the gateway reads no more.
  @Test
  void whatABackendSaidBeforeItsEndArrivesWhole() throws Exception {
    CountDownLatch[] said = {new CountDownLatch(1)};
    int[] length = {0};
    try (Backend backend =
            new Backend((_, connection) -> {
              connection.send(AGREED);
              connection.out.write(new byte[length[0]]);
              connection.out.flush();
              connection.socket.shutdownOutput();
              said[0].countDown();
            });
        Rig rig = Rig.legacyAt(backend).start()) {
      for (int size = STEP; size <= LONGEST; size += STEP) {
        said[0] = new CountDownLatch(1);
        length[0] = size;
        try (Client client = rig.client()) {
          client.get("/large", "Connection: Upgrade", "Upgrade: bytes");
          boolean all = said[0].await(100, TimeUnit.MILLISECONDS);
          assertThat(read(client)).as("of %s bytes, said at once: %s", size, all).isEqualTo(size);
        }
      }
    }
  }

  private static int read(Client client) throws IOException {
    assertThat(client.head().status()).isEqualTo(101);
    return client.in.readAllBytes().length;
  }
}

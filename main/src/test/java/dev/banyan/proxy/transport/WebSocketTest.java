package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// WebSocket through the gateway, after the sections of the Autobahn test suite: frames good and
/// bad, in every size, cut in every way. The gateway must not understand any of them, so the check
/// is that each end receives exactly the bytes that the other has sent.
@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class WebSocketTest {
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  /// One conversation: the client sends its bytes, while the backend sends its own.
  private static final class Case {
    final String name;
    final byte[] client;
    final byte[] backend;

    /// Bytes that are written at one time, 0 for all.
    final int chop;

    Case(String name, byte[] client, byte[] backend, int chop) {
      this.name = name;
      this.client = client;
      this.backend = backend;
      this.chop = chop;
    }
  }

  private static final ConcurrentMap<String, Case> OPEN = new ConcurrentHashMap<>();
  private static final ConcurrentMap<String, String> ARRIVED = new ConcurrentHashMap<>();
  private static Backend backend;
  private static Rig rig;

  @BeforeAll
  static void start() throws IOException {
    backend = new Backend(WebSocketTest::converse);
    rig = Rig.legacyAt(backend).eventLoops(2).start();
  }

  @AfterAll
  static void stop() throws IOException {
    rig.close();
    backend.close();
  }

  /// The backend's end: agrees as RFC 6455 §4.2.2 has it, sends its part, and notes what came.
  private static void converse(Message request, Backend.Connection connection) throws IOException {
    connection.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(String.valueOf(request.header("sec-websocket-key")))
            + "\r\n\r\n");
    String name = String.valueOf(request.header("x-case"));
    Case now = OPEN.get(name);
    if (now == null) {
      connection.reset();
      return;
    }
    Thread writer = Thread.ofVirtual().start(() -> write(connection.out, now.backend, now.chop));
    String digest = digest(connection.in);
    join(writer);
    connection.socket.shutdownOutput();
    ARRIVED.put(name, digest);
  }

  private static void write(OutputStream out, byte[] bytes, int chop) {
    try {
      int step = chop == 0 ? Math.max(bytes.length, 1) : chop;
      for (int from = 0; from < bytes.length; from += step) {
        out.write(bytes, from, Math.min(step, bytes.length - from));
        out.flush();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String accept(String key) {
    byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1);
    return Base64.getEncoder().encodeToString(sha("SHA-1").digest(text));
  }

  private static MessageDigest sha(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Length and digest of all that comes until the end.
  private static String digest(InputStream in) throws IOException {
    MessageDigest sha = sha("SHA-256");
    long length = 0;
    byte[] buffer = new byte[64 * 1024];
    int count;
    while ((count = in.read(buffer)) >= 0) {
      sha.update(buffer, 0, count);
      length += count;
    }
    return length + " " + HexFormat.of().formatHex(sha.digest());
  }

  private static String digest(byte[] bytes) {
    return bytes.length + " " + HexFormat.of().formatHex(sha("SHA-256").digest(bytes));
  }

  // ---- frames

  /// @param head the first byte: FIN, the reserved bits, the opcode
  private static byte[] frame(int head, boolean masked, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 14);
    out.write(head);
    int mask = masked ? 0x80 : 0;
    if (payload.length < 126) {
      out.write(mask | payload.length);
    } else if (payload.length < 65_536) {
      out.write(mask | 126);
      out.write(payload.length >> 8);
      out.write(payload.length);
    } else {
      out.write(mask | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out.write((int) ((long) payload.length >> shift));
      }
    }
    if (!masked) {
      out.writeBytes(payload);
      return out.toByteArray();
    }
    byte[] key = {0x12, (byte) 0xfe, 0x00, 0x0a};
    out.writeBytes(key);
    byte[] hidden = payload.clone();
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] ^= key[i & 3];
    }
    out.writeBytes(hidden);
    return out.toByteArray();
  }

  private static byte[] whole(int opcode, byte[] payload) {
    return frame(0x80 | opcode, true, payload);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] filled(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] close(int code, String reason) {
    return join(new byte[] {(byte) (code >> 8), (byte) code}, reason.getBytes(UTF_8));
  }

  /// The sections of the suite, each a table of conversations.
  private static final class Cases {
    final List<Case> all = new ArrayList<>();

    /// The backend says the same, in frames that are not masked.
    void add(String name, int chop, byte[]... frames) {
      byte[] sent = join(frames);
      byte[] answer = sent.clone();
      if (answer.length > 1) {
        answer[1] &= 0x7f;
      }
      all.add(new Case(name, sent, answer, chop));
    }
  }

  private static List<Case> cases() {
    Cases cases = new Cases();
    framing(cases);
    pings(cases);
    reserved(cases);
    fragments(cases);
    texts(cases);
    closes(cases);
    volumes(cases);
    compressed(cases);
    return cases.all;
  }

  private static void framing(Cases cases) {
    int[] sizes = {0, 1, 2, 124, 125, 126, 127, 128, 65_534, 65_535, 65_536, 65_537, 1 << 20};
    for (int opcode : new int[] {TEXT, BINARY}) {
      for (int size : sizes) {
        for (int chop : new int[] {0, 997, 65_536}) {
          cases.add(
              "1 opcode " + opcode + " of " + size + " by " + chop,
              chop,
              whole(opcode, filled(size, size)));
        }
      }
      for (int size : new int[] {0, 1, 125, 126, 127}) {
        cases.add(
            "1 opcode " + opcode + " of " + size + " byte by byte",
            1,
            whole(opcode, filled(size, size)));
      }
    }
    cases.add("1 of 16 MiB", 0, whole(BINARY, filled(16 << 20, 16)));
  }

  private static void pings(Cases cases) {
    for (int opcode : new int[] {PING, PONG}) {
      for (int size : new int[] {0, 1, 8, 125, 126, 1_000}) { // the last two are not allowed
        for (int chop : new int[] {0, 1}) {
          cases.add(
              "2 opcode " + opcode + " of " + size + " by " + chop,
              chop,
              whole(opcode, filled(size, size)));
        }
      }
      for (int count : new int[] {2, 10, 1_000}) {
        byte[][] frames = new byte[count][];
        for (int i = 0; i < count; i++) {
          frames[i] = whole(opcode, ("payload " + i).getBytes(UTF_8));
        }
        cases.add("2 opcode " + opcode + " times " + count, 0, frames);
      }
    }
  }

  /// Reserved bits and opcodes, that both ends have to refuse and the gateway not to touch.
  private static void reserved(Cases cases) {
    for (int bits = 1; bits < 8; bits++) {
      for (int opcode : new int[] {0, TEXT, BINARY, CLOSE, PING, PONG}) {
        cases.add(
            "3 reserved bits " + bits + " with opcode " + opcode,
            bits == 7 ? 1 : 0,
            whole(TEXT, "ok".getBytes(UTF_8)),
            frame(0x80 | bits << 4 | opcode, true, filled(20, bits)));
      }
    }
    for (int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
      for (int size : new int[] {0, 30}) {
        cases.add(
            "4 opcode " + opcode + " of " + size,
            0,
            frame(0x80 | opcode, true, filled(size, opcode)),
            whole(PING, new byte[0]));
      }
    }
  }

  private static void fragments(Cases cases) {
    byte[] part = "fragment".getBytes(UTF_8);
    for (int opcode : new int[] {0, TEXT, BINARY, PING, PONG, CLOSE}) {
      for (int between : new int[] {-1, PING, PONG, CLOSE, TEXT}) {
        for (int chop : new int[] {0, 1, 5}) {
          byte[] inside = between < 0 ? new byte[0] : whole(between, filled(7, between));
          cases.add(
              "5 opcode " + opcode + " around " + between + " by " + chop,
              chop,
              frame(opcode, true, part),
              inside,
              frame(0, true, part),
              inside,
              frame(0x80, true, part),
              whole(PING, part));
        }
      }
    }
  }

  private static void texts(Cases cases) {
    List<String> sequences =
        List.of(
            "cebae1bdb9cf83cebcceb5", // good
            "cebae1bdb9cf83cebcceb5eda080656469746564", // a surrogate
            "f4908080", // beyond the last code point
            "c080", // overlong
            "e08080",
            "f0808080",
            "f8808080af",
            "fe",
            "ff",
            "80",
            "bf",
            "c2",
            "e188",
            "f09f98",
            "efbfbe",
            "efbfbf",
            "f48fbfbf",
            "eda080edb080",
            "efbbbf",
            "00",
            "7f");
    for (String hex : sequences) {
      byte[] text = HexFormat.of().parseHex(hex);
      cases.add("6 text " + hex, 0, whole(TEXT, text));
      cases.add("6 text " + hex + " byte by byte", 1, whole(TEXT, text));
      byte[][] each = new byte[text.length][];
      for (int i = 0; i < text.length; i++) {
        int head = (i == 0 ? TEXT : 0) | (i == text.length - 1 ? 0x80 : 0);
        each[i] = frame(head, true, Arrays.copyOfRange(text, i, i + 1));
      }
      cases.add("6 text " + hex + " in fragments", 0, each);
      cases.add("7 close with " + hex, 0, whole(CLOSE, join(close(1000, ""), text)));
    }
  }

  private static void closes(Cases cases) {
    int[] codes = {
      0, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1014,
      1015, 1016, 1100, 2000, 2999, 3000, 3999, 4000, 4999, 5000, 65_535
    };
    for (int code : codes) {
      cases.add("7 close " + code, 0, whole(CLOSE, close(code, "")));
      cases.add(
          "7 close " + code + " and on",
          0,
          whole(CLOSE, close(code, "why")),
          whole(TEXT, close(1, "late")));
    }
    cases.add("7 close empty", 0, whole(CLOSE, new byte[0]));
    cases.add("7 close of one byte", 0, whole(CLOSE, new byte[1]));
    cases.add("7 close twice", 0, whole(CLOSE, close(1000, "")), whole(CLOSE, close(1000, "")));
    cases.add("7 close of 125", 0, whole(CLOSE, close(1000, "x".repeat(123))));
    cases.add("7 close of 126", 0, whole(CLOSE, close(1000, "x".repeat(124))));
    cases.add("7 nothing at all", 0, new byte[0]);
    cases.add("7 half a head", 0, new byte[] {(byte) 0x81});
    cases.add("7 a length that is a lie", 0, new byte[] {(byte) 0x82, (byte) 0xff, 127, 1, 2, 3});
    cases.add("7 not a frame", 0, "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
  }

  private static void volumes(Cases cases) {
    for (int opcode : new int[] {TEXT, BINARY}) {
      for (int fragment : new int[] {64, 1_024, 65_536}) {
        int count = (256 << 10) / fragment;
        byte[][] frames = new byte[count][];
        for (int i = 0; i < count; i++) {
          int head = (i == 0 ? opcode : 0) | (i == count - 1 ? 0x80 : 0);
          frames[i] = frame(head, true, filled(fragment, i));
        }
        cases.add("9 opcode " + opcode + " in fragments of " + fragment, 0, frames);
      }
      for (int size : new int[] {0, 16, 64, 256, 1_024}) {
        byte[][] frames = new byte[1_000][];
        Arrays.setAll(frames, i -> whole(opcode, filled(size, i)));
        cases.add("10 a thousand of opcode " + opcode + " of " + size, 0, frames);
        cases.add("10 a thousand of opcode " + opcode + " of " + size + " cut", 1_400, frames);
      }
    }
  }

  /// With the bit of permessage-deflate set.
  private static void compressed(Cases cases) {
    for (int size : new int[] {0, 16, 125, 126, 1_024, 65_536, 1 << 18}) {
      for (int chop : new int[] {0, 1_400}) {
        cases.add(
            "12 of " + size + " by " + chop,
            chop,
            frame(0xc0 | BINARY, true, filled(size, 1)),
            frame(0x40 | TEXT, true, filled(size, 2)),
            frame(0x80, true, filled(3, 3)));
      }
    }
  }

  // ---- the test

  @Test
  void everyByteOfEveryCaseReachesTheOtherEnd() throws Exception {
    Queue<Case> left = new ConcurrentLinkedQueue<>(cases());
    int count = left.size();
    assertThat(count).isGreaterThan(400);
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    List<Thread> workers =
        Stream.generate(() -> Thread.ofVirtual().start(() -> run(left, wrong))).limit(8).toList();
    for (Thread worker : workers) {
      assertThat(worker.join(Duration.ofMinutes(3))).isTrue();
    }
    assertThat(wrong).isEmpty();
    assertThat(ARRIVED).hasSize(count);
    Rig.until(() -> rig.ends.size() == count);
    // Both ends close at about the same time: who was first is the network's to say.
    assertThat(rig.ends).allMatch(end -> end.matches("(answered|client-gone) 101"));
    assertThat(rig.gateway.levels().tunnels()).isZero();
  }

  private static void run(Queue<Case> left, Queue<String> wrong) {
    for (Case next = left.poll(); next != null; next = left.poll()) {
      try {
        pass(next);
      } catch (IOException | InterruptedException | AssertionError | IllegalStateException e) {
        wrong.add(next.name + ": " + e);
      }
    }
  }

  private static void pass(Case now) throws IOException, InterruptedException {
    OPEN.put(now.name, now);
    try (Client client = rig.client()) {
      client.get(
          "/socket",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          "Sec-WebSocket-Extensions: permessage-deflate",
          "X-Case: " + now.name);
      Message head = client.head();
      assertThat(head.status()).isEqualTo(101);
      assertThat(head.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      Thread writer = Thread.ofVirtual().start(() -> send(client, now));
      assertThat(digest(client.in)).isEqualTo(digest(now.backend));
      join(writer);
      Rig.until(() -> ARRIVED.containsKey(now.name));
      assertThat(ARRIVED.get(now.name)).isEqualTo(digest(now.client));
    } finally {
      OPEN.remove(now.name);
    }
  }

  private static void send(Client client, Case now) {
    try {
      write(client.socket.getOutputStream(), now.client, now.chop);
      client.socket.shutdownOutput();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

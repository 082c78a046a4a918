package dev.banyan.requests;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads GoReplay's files: payloads, each below a line `TYPE ID TIME [LATENCY]`, with a line of
/// three monkeys between them.
///
/// Type 1 is a request, 2 its original answer, under the same id and somewhere behind it; 3 is the
/// answer to a replay and of no use here. Requests wait for their answers, within [Limits#WAITING];
/// they are handed over in the file's order. Source:
/// https://github.com/buger/goreplay/wiki/Saving-and-Replaying-from-file
final class GorReader implements FormatReader {
  private static final byte[] SEPARATOR = "\n🐵🙈🙉\n".getBytes(StandardCharsets.UTF_8);
  private static final Pattern META =
      Pattern.compile("([123]) ([0-9A-Za-z._-]{1,128})(?: -?\\d{1,20}){0,2}\\s*");
  private static final int LONGEST_META = 256;

  private final RequestFile file;
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();
  private long waitingBytes;
  private long number;
  private long readable;

  GorReader(RequestFile file) {
    this.file = file;
  }

  /// A request whose answer may still come.
  private static final class Waiting {
    private final RecordedRequest request;
    private @Nullable Response answer;

    Waiting(RecordedRequest request) {
      this.request = request;
    }

    RecordedRequest answered() {
      return new RecordedRequest(request.place(), request.request(), answer);
    }

    int length() {
      return request.request().body().length() + (answer == null ? 0 : answer.body().length());
    }
  }

  @Override
  public void read(RequestSink sink) throws IOException, RequestFileException {
    try (InputStream in = file.open()) {
      Records records = new Records(in);
      byte[] record = records.next();
      while (record != null) {
        number++;
        if (records.ended && isBlank(record)) {
          number--;
        } else if (records.tooLong) {
          sink.skipped(place(), "body-too-large");
        } else if (records.ended && !isWhole(record)) {
          handAll(sink);
          throw file.fault(
              "payload " + number + " at byte " + records.start,
              "it ends without its last bytes: the file is cut off; record or copy it again");
        } else {
          payload(record, sink);
        }
        record = records.next();
      }
      handAll(sink);
      if (number > 0 && readable == 0) {
        throw file.fault(
            "payload 1 at byte 0",
            "no payload of the file is an HTTP/1 message below a line such as '1 ID TIME'; check"
                + " that GoReplay wrote it");
      }
    }
  }

  private String place() {
    return file.place("payload " + number);
  }

  private static boolean isBlank(byte[] record) {
    return new String(record, StandardCharsets.ISO_8859_1).isBlank();
  }

  /// Whether the last payload, behind which no separator stands, has the length that it states.
  private static boolean isWhole(byte[] record) {
    int newline = endOfMeta(record);
    if (newline < 0) {
      return false;
    }
    try {
      Payload payload = Payload.parse(record, newline + 1);
      payload.body(payload.status() != null);
      return true;
    } catch (Payload.Unfit e) {
      return false;
    }
  }

  private static int endOfMeta(byte[] record) {
    for (int i = 0; i < Math.min(record.length, LONGEST_META); i++) {
      if (record[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void payload(byte[] record, RequestSink sink) {
    int newline = endOfMeta(record);
    Matcher meta =
        META.matcher(
            newline < 0 ? "" : new String(record, 0, newline, StandardCharsets.ISO_8859_1));
    if (!meta.matches()) {
      sink.skipped(place(), "unreadable-payload");
      return;
    }
    try {
      switch (meta.group(1)) {
        case "1" -> request(meta.group(2), Payload.parse(record, newline + 1), sink);
        case "2" -> answer(meta.group(2), Payload.parse(record, newline + 1));
        default -> readable++;
      }
    } catch (Payload.Unfit e) {
      // An answer that can not be read leaves its request without one.
      if (meta.group(1).equals("1")) {
        sink.skipped(place(), e.reason());
      }
    }
    while (waiting.size() > Limits.WAITING || waitingBytes > Limits.WAITING_BYTES) {
      handFirst(sink);
    }
    while (!waiting.isEmpty() && waiting.values().iterator().next().answer != null) {
      handFirst(sink);
    }
  }

  private void request(String id, Payload payload, RequestSink sink) throws Payload.Unfit {
    List<String> words = payload.words();
    if (words.size() < 3 || !Syntax.isToken(words.getFirst())) {
      throw new Payload.Unfit("unreadable-payload");
    }
    readable++;
    String method = words.getFirst();
    if (Syntax.isTunnel(method, payload.fields())) {
      throw new Payload.Unfit("tunnel");
    }
    String target = Syntax.target(latinToUtf8(words.get(1)));
    if (target == null) {
      throw new Payload.Unfit("no-path");
    }
    byte[] body = payload.body(false);
    if (body.length > Limits.BODY) {
      throw new Payload.Unfit("body-too-large");
    }
    Headers headers = Syntax.endToEnd(payload.fields());
    if (!Syntax.sendable(headers)) {
      throw new Payload.Unfit("bad-header");
    }
    if (waiting.containsKey(id)) {
      handAll(sink);
    }
    RecordedRequest recorded =
        new RecordedRequest(place(), new Request(method, target, headers, Body.of(body)), null);
    waiting.put(id, new Waiting(recorded));
    waitingBytes += body.length;
  }

  private static String latinToUtf8(String latin) {
    return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private void answer(String id, Payload payload) throws Payload.Unfit {
    Integer status = payload.status();
    if (status == null) {
      throw new Payload.Unfit("unreadable-payload");
    }
    readable++;
    Waiting asked = waiting.get(id);
    if (asked == null || asked.answer != null || status < 200) {
      return;
    }
    boolean bodyless =
        asked.request.request().method().equals("HEAD") || status == 204 || status == 304;
    byte[] body = bodyless ? new byte[0] : payload.body(true);
    if (body.length > Limits.BODY) {
      return;
    }
    asked.answer = new Response(status, Syntax.endToEnd(payload.fields()), Body.of(body));
    waitingBytes += body.length;
  }

  private void handAll(RequestSink sink) {
    while (!waiting.isEmpty()) {
      handFirst(sink);
    }
  }

  private void handFirst(RequestSink sink) {
    Waiting first = waiting.remove(waiting.keySet().iterator().next());
    if (first != null) {
      waitingBytes -= first.length();
      sink.request(first.answered());
    }
  }

  /// What stands between the separators, one at a time.
  private static final class Records {
    private static final int LONGEST = Limits.BODY + Limits.HEAD;

    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private final ByteArrayOutputStream record = new ByteArrayOutputStream();
    private int at;
    private int end;
    private long read;

    /// Where the record that was given out last begins, in bytes.
    private long start;

    /// Whether it is longer than the limit, and not all there.
    private boolean tooLong;

    /// Whether the file ended within it.
    private boolean ended;

    Records(InputStream in) {
      this.in = in;
    }

    /// Null at the end of the file. A separator's first byte occurs in it only there and at its
    /// end, so a mismatch never has to go back.
    byte @Nullable [] next() throws IOException {
      record.reset();
      tooLong = false;
      start = read - (end - at);
      int matched = 0;
      int begun = at;
      while (true) {
        if (at == end) {
          keep(begun, at);
          if (!fill()) {
            ended = true;
            return record.size() == 0 && !tooLong ? null : record.toByteArray();
          }
          begun = 0;
        }
        byte b = buffer[at++];
        matched = b == SEPARATOR[matched] ? matched + 1 : b == '\n' ? 1 : 0;
        if (matched == SEPARATOR.length) {
          keep(begun, at);
          return withoutSeparator();
        }
      }
    }

    private byte[] withoutSeparator() {
      byte[] all = record.toByteArray();
      return tooLong ? all : Arrays.copyOf(all, all.length - SEPARATOR.length);
    }

    private void keep(int from, int to) {
      if (tooLong || record.size() + (to - from) > LONGEST) {
        tooLong = true;
        record.reset();
      } else {
        record.write(buffer, from, to - from);
      }
    }

    private boolean fill() throws IOException {
      at = 0;
      end = Math.max(0, in.read(buffer));
      read += end;
      return end > 0;
    }
  }
}

package dev.banyan.compare;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.NullUnmarked;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A small service of users, notes and follows on a real socket, with faults to be switched on. Ids
/// begin where it is told; tokens are drawn.
@NullUnmarked
final class NotesService implements AutoCloseable {

  enum Fault {
    KEEPS_DELETED,
    PATCH_WIPES,
    FOLLOWS_BACKWARDS,
    ANYBODY_DELETES,
    NEWEST_FIRST,
    COUNTS_ALL,
    SWAPS_OWNER,
    SWAPS_OWNER_IN_LIST,
    SWAPS_FOLLOWEE,
    NOTE_OF_ANOTHER,
    REUSES_ID,
    EXTRA_HEADER,
    NOISY
  }

  private final ObjectMapper json = new ObjectMapper();
  private final HttpServer server;
  private final Set<Fault> faults;
  private final Random random;
  private long next;
  private final Map<Long, Map<String, Object>> users = new LinkedHashMap<>();
  private final Map<Long, Map<String, Object>> notes = new TreeMap<>();
  private final Map<Long, Map<String, Object>> follows = new LinkedHashMap<>();
  private final Map<String, Long> sessions = new HashMap<>();

  NotesService(long firstId, Fault... faults) {
    this.next = firstId;
    this.random = new Random(firstId);
    this.faults = Set.of(faults);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private record Answer(int status, Object body, String location) {
    static Answer of(int status, Object body) {
      return new Answer(status, body, null);
    }

    static Answer empty(int status) {
      return new Answer(status, null, null);
    }
  }

  private synchronized void serve(HttpExchange exchange) throws IOException {
    byte[] sent = exchange.getRequestBody().readAllBytes();
    JsonNode body = sent.length == 0 ? json.createObjectNode() : json.readTree(sent);
    Answer answer = answer(exchange, body);
    if (answer.location() != null) {
      exchange.getResponseHeaders().set("Location", answer.location());
    }
    if (faults.contains(Fault.EXTRA_HEADER)) {
      exchange.getResponseHeaders().set("X-Powered-Up", "yes");
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    if (answer.body() == null) {
      exchange.sendResponseHeaders(answer.status(), -1);
    } else {
      byte[] bytes = json.writeValueAsString(answer.body()).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private Answer answer(HttpExchange exchange, JsonNode body) {
    String[] path = exchange.getRequestURI().getPath().split("/", -1);
    String method = exchange.getRequestMethod();
    String word = path.length > 1 ? path[1] : "";
    long id = path.length > 2 ? Long.parseLong(path[2]) : -1;
    String token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    long user = sessions.getOrDefault(token.replace("Bearer ", ""), -1L);
    return switch (word) {
      case "users" -> users(method, id, body);
      case "login" -> login(method, body);
      case "notes" ->
          user < 0
              ? Answer.empty(401)
              : notes(method, id, user, body, String.valueOf(exchange.getRequestURI().getQuery()));
      case "follows" -> follows(method, id, body);
      default -> Answer.empty(404);
    };
  }

  private Answer users(String method, long id, JsonNode body) {
    if (method.equals("POST")) {
      long made = next++;
      users.put(made, row("id", made, "name", body.path("name").asString("")));
      return new Answer(201, stamped(users.get(made)), "/users/" + made);
    }
    if (id < 0) {
      return Answer.of(200, new ArrayList<>(users.values()));
    }
    return users.containsKey(id) ? Answer.of(200, users.get(id)) : Answer.empty(404);
  }

  private Map<String, Object> stamped(Map<String, Object> row) {
    row.put("createdAt", Instant.now().toString());
    return row;
  }

  private Answer login(String method, JsonNode body) {
    if (!method.equals("POST")) {
      return Answer.empty(405);
    }
    long user = body.path("userId").asLong(-1);
    if (!users.containsKey(user)) {
      return Answer.empty(403);
    }
    String token =
        Long.toHexString(random.nextLong() | 1L << 63)
            + Long.toHexString(random.nextLong() | 1L << 63);
    sessions.put(token, user);
    return Answer.of(200, row("token", token, "userId", user));
  }

  private Answer notes(String method, long id, long user, JsonNode body, String query) {
    Map<String, Object> note = notes.get(id);
    if (note != null && !note.get("ownerId").equals(user)) {
      if (method.equals("DELETE")) {
        if (faults.contains(Fault.ANYBODY_DELETES)) {
          notes.remove(id);
        }
        return Answer.empty(204);
      }
      return Answer.empty(404);
    }
    if (id >= 0 && note == null) {
      return Answer.empty(404);
    }
    return switch (method) {
      case "GET" -> note == null ? list(user, query) : Answer.of(200, shown(note));
      case "POST" -> {
        long made = next;
        next += faults.contains(Fault.REUSES_ID) && !notes.isEmpty() ? 0 : 1;
        notes.put(
            made,
            stamped(
                row(
                    "id",
                    made,
                    "ownerId",
                    user,
                    "title",
                    body.path("title").asString(""),
                    "tag",
                    body.path("tag").asString(""))));
        yield new Answer(201, shown(notes.get(made)), "/notes/" + made);
      }
      case "PATCH" -> {
        for (String field : List.of("title", "tag")) {
          if (body.has(field)) {
            note.put(field, body.path(field).asString());
          } else if (faults.contains(Fault.PATCH_WIPES)) {
            note.put(field, null);
          }
        }
        yield Answer.of(200, Map.of("ok", true));
      }
      case "DELETE" -> {
        if (!faults.contains(Fault.KEEPS_DELETED)) {
          notes.remove(id);
        }
        yield Answer.empty(204);
      }
      default -> Answer.empty(405);
    };
  }

  private Map<String, Object> shown(Map<String, Object> note) {
    Map<String, Object> shown = new LinkedHashMap<>(note);
    if (faults.contains(Fault.SWAPS_OWNER)) {
      shown.put("ownerId", otherThan(users, note.get("ownerId")));
    }
    if (faults.contains(Fault.NOTE_OF_ANOTHER)) {
      shown.put("id", otherThan(notes, note.get("id")));
    }
    if (faults.contains(Fault.NOISY)) {
      shown.put("trace", Long.toHexString(random.nextLong() | 1L << 63));
    }
    return shown;
  }

  private static Object otherThan(Map<Long, ?> rows, Object id) {
    return rows.keySet().stream()
        .filter(each -> !each.equals(id))
        .map(Object.class::cast)
        .findFirst()
        .orElse(id);
  }

  private Answer list(long user, String query) {
    List<Map<String, Object>> mine = new ArrayList<>();
    for (Map<String, Object> note : notes.values()) {
      if (note.get("ownerId").equals(user)) {
        mine.add(new LinkedHashMap<>(note));
      }
    }
    int all = mine.size();
    if (query.startsWith("tag=")) {
      mine.removeIf(note -> !query.equals("tag=" + note.get("tag")));
    }
    if (faults.contains(Fault.NEWEST_FIRST)) {
      mine.sort(Comparator.comparingLong(note -> -(Long) note.get("id")));
    }
    if (faults.contains(Fault.SWAPS_OWNER_IN_LIST)) {
      mine.forEach(note -> note.put("ownerId", otherThan(users, note.get("ownerId"))));
    }
    return Answer.of(
        200, row("total", faults.contains(Fault.COUNTS_ALL) ? all : mine.size(), "items", mine));
  }

  private Answer follows(String method, long id, JsonNode body) {
    if (method.equals("POST")) {
      long made = next++;
      Object follower = body.path("follower").asLong();
      Object followee = body.path("followee").asLong();
      boolean backwards = faults.contains(Fault.FOLLOWS_BACKWARDS);
      follows.put(
          made,
          row(
              "id",
              made,
              "follower",
              backwards ? followee : follower,
              "followee",
              backwards ? follower : followee));
      return new Answer(201, row("id", made), "/follows/" + made);
    }
    if (!follows.containsKey(id)) {
      return Answer.empty(404);
    }
    Map<String, Object> row = new LinkedHashMap<>(follows.get(id));
    if (faults.contains(Fault.SWAPS_FOLLOWEE)) {
      row.put("followee", otherThan(users, row.get("followee")));
    }
    return Answer.of(200, row);
  }

  private static Map<String, Object> row(Object... namesAndValues) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return row;
  }
}

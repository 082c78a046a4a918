package dev.banyan.demo.candidate;

import dev.banyan.demo.shop.Answer;
import dev.banyan.demo.shop.Call;
import dev.banyan.demo.shop.Shop;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The shop as the rewrite answers. Safe for many threads.
public final class CandidateShop implements Shop {
  private static final JsonMapper JSON = new JsonMapper();

  private final List<Operation> operations;
  private final Faults faults;
  private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();

  /// An operation and the value of its path's variable.
  private record Matched(Operation operation, String variable) {}

  /// @param shop the legacy's database, of which it uses users and products
  /// @param orders its own
  public CandidateShop(DataSource shop, DataSource orders, Faults faults) {
    Repository repository = new Repository(shop);
    Repository own = new Repository(orders);
    this.faults = faults;
    this.operations =
        Stream.of(
                new UserOperations(repository, own, faults).all(),
                new ProductOperations(repository, faults).all(),
                new OrderOperations(repository, own, faults).all())
            .flatMap(List::stream)
            .toList();
  }

  /// Makes requests below a path fail or wait from now on, instead of what did so there before.
  public void trouble(Trouble trouble) {
    troubles.put(trouble.path(), trouble);
  }

  @Override
  public Answer answer(Call call) throws SQLException, InterruptedException {
    for (Trouble trouble : troubles.values()) {
      if (trouble.strikes(call.method(), call.path())) {
        Thread.sleep(trouble.latency());
        if (ThreadLocalRandom.current().nextDouble() < trouble.errors()) {
          return Answer.json(500, "{\"error\":\"Internal Server Error\"}");
        }
      }
    }
    String path =
        call.path().length() > 1 && call.path().endsWith("/")
            ? call.path().substring(0, call.path().length() - 1)
            : call.path();
    String method = call.method().equals("HEAD") ? "GET" : call.method();
    Answer answer;
    try {
      answer = run(call, method, path);
    } catch (ProblemException problem) {
      answer = problem(method, path, problem);
    }
    return decorated(call, method, path, answer);
  }

  private Answer run(Call call, String method, String path) throws SQLException, ProblemException {
    Optional<Matched> matched = find(method, path);
    if (matched.isEmpty()) {
      return wrongMethodOrPath(call, method, path);
    }
    Operation operation = matched.get().operation();
    if (faults.on(Fault.TRAILING_SLASH, operation) && call.path().endsWith("/")) {
      return wrongMethodOrPath(call, method, call.path());
    }
    if (faults.on(Fault.SLASH_DECODED, operation)
        && find(method, Operation.decoded(path)).isEmpty()) {
      return wrongMethodOrPath(call, method, Operation.decoded(path));
    }
    return operation.work().run(operation, call, matched.get().variable());
  }

  private Optional<Matched> find(String method, String path) {
    return operations.stream()
        .filter(operation -> operation.method().equals(method))
        .flatMap(operation -> operation.match(path).map(v -> new Matched(operation, v)).stream())
        .findFirst();
  }

  private Answer wrongMethodOrPath(Call call, String method, String path) throws ProblemException {
    List<Operation> there =
        operations.stream().filter(operation -> operation.match(path).isPresent()).toList();
    String cannot = "Cannot " + call.method() + " " + call.path();
    if (there.isEmpty()
        || faults.on(Fault.NOT_FOUND_FOR_WRONG_METHOD, method, there.getFirst().template())) {
      throw new ProblemException(404, "Not Found", cannot);
    }
    String allow = there.stream().map(Operation::method).collect(Collectors.joining(", "));
    if (method.equals("OPTIONS")) {
      return Answer.empty(204).with("Allow", allow);
    }
    return body(new ProblemException(405, "Method Not Allowed", cannot)).with("Allow", allow);
  }

  private Answer problem(String method, String path, ProblemException problem) {
    boolean other =
        problem.status() == 404
            && find(method, path)
                .filter(found -> faults.on(Fault.OTHER_ERROR_BODY, found.operation()))
                .isPresent();
    if (!other) {
      return body(problem);
    }
    ObjectNode body = JSON.createObjectNode();
    body.put("status", problem.status());
    body.put("title", problem.title());
    body.put("detail", problem.detail());
    return Answer.json(problem.status(), JSON.writeValueAsString(body));
  }

  private static Answer body(ProblemException problem) {
    ObjectNode body = JSON.createObjectNode();
    body.put("error", problem.title());
    body.put("message", problem.detail());
    return Answer.json(problem.status(), JSON.writeValueAsString(body));
  }

  /// Adds what every answer carries: `Vary`, and a tag by which a client may ask again.
  private Answer decorated(Call call, String method, String path, Answer answer) {
    boolean lost =
        find(method, path)
            .filter(found -> faults.on(Fault.LOST_VARY, found.operation()))
            .isPresent();
    Answer varied = lost ? answer : answer.with("Vary", "Accept-Encoding");
    if (varied.body().isEmpty()) {
      return varied;
    }
    String tag = Answer.weakTag(varied.body());
    if (varied.status() == 200 && tag.equals(call.ifNoneMatch())) {
      return new Answer(304, Map.of(), "")
          .with("ETag", tag)
          .with("Vary", varied.headers().getOrDefault("Vary", ""));
    }
    return varied.with("ETag", tag);
  }
}

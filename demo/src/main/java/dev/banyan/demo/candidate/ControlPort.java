package dev.banyan.demo.candidate;

import dev.banyan.demo.shop.Answer;
import dev.banyan.demo.shop.Call;
import dev.banyan.demo.shop.Shop;
import java.time.Duration;

/// The port through which the candidate is broken and mended while it runs. It is not the served
/// one, so that no gateway passes it on.
///
/// `POST /faults?on=planted|none|NAME,NAME` switches contract faults; `POST
/// /trouble?path=/users&errors=0.3&latency=PT0.4S` makes safe requests below the path fail or wait,
/// and without the two numbers ends that.
public final class ControlPort implements Shop {
  private final Faults faults;
  private final CandidateShop shop;

  public ControlPort(Faults faults, CandidateShop shop) {
    this.faults = faults;
    this.shop = shop;
  }

  @Override
  public Answer answer(Call call) {
    try {
      switch (call.method() + " " + call.path()) {
        case "POST /faults" -> faults.plant(Faults.parse(call.query().getOrDefault("on", "none")));
        case "POST /trouble" -> shop.trouble(trouble(call));
        default -> {
          return Answer.json(404, "{\"error\":\"POST /faults or POST /trouble\"}");
        }
      }
      return Answer.empty(204);
    } catch (IllegalArgumentException | java.time.DateTimeException wrong) {
      return new Answer(400, java.util.Map.of("Content-Type", "text/plain"), wrong + "\n");
    }
  }

  private static Trouble trouble(Call call) {
    return new Trouble(
        call.query().getOrDefault("path", "/"),
        Double.parseDouble(call.query().getOrDefault("errors", "0")),
        Duration.parse(call.query().getOrDefault("latency", "PT0S")));
  }
}

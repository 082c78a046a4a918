package dev.banyan.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Announces that another version of a service runs.
@Command(
    name = "deploy",
    description = {
      "Tells that another version of a service runs, once it does.",
      "What was compared and measured before says nothing about it: the evidence of every family"
          + " that has the service on a side begins anew."
    },
    footer = {
      "  banyan deploy users --version 1.4.2",
      "  banyan deploy legacy --reason 'hotfix of the login'"
    })
final class DeployCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  @Parameters(paramLabel = "SERVICE", description = "The service's name in banyan.yaml.")
  private String service = "";

  @Option(names = "--version", paramLabel = "VERSION", description = "What the version is called.")
  private @Nullable String version;

  @Option(names = "--reason", paramLabel = "REASON", description = "Why, for the ledger.")
  private @Nullable String reason;

  @Option(
      names = "--actor",
      paramLabel = "NAME",
      description = "Who says so, beside the token's name. Default: USER@host.")
  private @Nullable String actor;

  DeployCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("actor", actor == null ? banyan.environment().actor() : actor);
    if (version != null) {
      body.put("version", version);
    }
    if (reason != null) {
      body.put("reason", reason);
    }
    String path = "/api/v1/services/" + ControlClient.segment(service) + "/deploy";
    return banyan.ask(client -> client.post(path, body), DeployCommand::text);
  }

  private static String text(JsonNode deployed) {
    JsonNode families = deployed.path("families");
    StringBuilder text = new StringBuilder(deployed.path("service").asString(""));
    if (deployed.path("version").isString()) {
      text.append(' ').append(deployed.path("version").stringValue());
    }
    text.append(" is deployed; ");
    if (families.isEmpty()) {
      return text.append("no family has it on a side\n").toString();
    }
    text.append("the evidence begins anew of:");
    for (JsonNode family : families) {
      text.append(' ').append(family.asString(""));
    }
    return text.append('\n').toString();
  }
}

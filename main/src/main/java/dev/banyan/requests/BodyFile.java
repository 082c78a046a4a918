package dev.banyan.requests;

import dev.banyan.exchange.Body;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// The file that a list names as a body. It lies in the list's folder or below: a list that came
/// from elsewhere must not make anyone send `/etc/passwd`.
record BodyFile(Path path, Body content) {
  private static final Map<String, String> TYPES =
      Map.of(
          "json", "application/json",
          "xml", "application/xml",
          "txt", "text/plain; charset=utf-8",
          "html", "text/html; charset=utf-8",
          "csv", "text/csv; charset=utf-8",
          "form", "application/x-www-form-urlencoded");

  static BodyFile beside(RequestFile list, String name, String where) throws RequestFileException {
    Path folder = list.path().toAbsolutePath().normalize().getParent();
    try {
      Path named = folder == null ? Path.of(name) : folder.resolve(name);
      Path real = named.toRealPath();
      if (folder == null || !real.startsWith(folder.toRealPath())) {
        throw list.fault(
            where, "the body file '" + name + "' lies outside the list's folder; copy it there");
      }
      if (!Files.isRegularFile(real)) {
        throw list.fault(where, "the body file '" + name + "' is no file; name a file");
      }
      try (InputStream in = Files.newInputStream(real)) {
        byte[] content = in.readNBytes(Limits.BODY + 1);
        if (content.length > Limits.BODY) {
          throw list.fault(
              where,
              "the body file '" + name + "' is longer than " + Limits.BODY + " bytes; shorten it");
        }
        return new BodyFile(real, Body.of(content));
      }
    } catch (InvalidPathException e) {
      throw list.fault(where, "'" + name + "' can not be the path of a file; correct it", e);
    } catch (NoSuchFileException e) {
      throw list.fault(
          where,
          "the body file '" + name + "' does not exist; its path starts at the list's folder",
          e);
    } catch (IOException e) {
      throw list.fault(
          where, "the body file '" + name + "' can not be read: " + e + "; check its path", e);
    }
  }

  String contentType() {
    String name = path.toString();
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(ending, "application/octet-stream");
  }
}

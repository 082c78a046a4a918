package dev.banyan.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListReaderTest {
  @TempDir Path folder;
  private Path lists = Path.of("");

  @BeforeEach
  void bodies() throws IOException {
    lists = Files.createDirectories(folder.resolve("lists"));
    Files.createDirectories(lists.resolve("bodies"));
    Files.writeString(lists.resolve("bodies/item.json"), "{\"name\":\"sofa\"}\n");
    Files.writeString(folder.resolve("secret.json"), "{}");
  }

  private Collected read(String text) throws IOException {
    return Collected.of(Files.writeString(lists.resolve("l.txt"), text), Format.LIST);
  }

  @Test
  void readsRequestsWithHeadersAndBodies() throws IOException {
    Collected list = Collected.of(Files.writeString(lists.resolve("l"), Samples.LIST));
    assertThat(list.complaint()).isEqualTo("none");
    assertThat(list.lines())
        .containsExactly(
            "GET /items?q=1",
            "GET /items/7",
            "POST /items",
            "PUT /items/{{items.id}}",
            "DELETE /items/{{items.id}}");
    assertThat(list.headers(1)).containsExactly("Accept: application/json", "X-Empty: ");
    assertThat(list.headers(2))
        .containsExactly("Authorization: Bearer {{login.token}}", "Content-Type: application/json");
    assertThat(list.body(2)).isEqualTo("{\"name\": \"lamp\",\n \"price\": 3}");
    assertThat(list.body(3)).isEqualTo("{\"name\":\"sofa\"}\n");
    assertThat(list.requests.get(3).place()).isEqualTo("l:12");
  }

  @Test
  void saysWhichLineItDoesNotUnderstand() throws IOException {
    Collected list = read("GET /a\n\nget /b\nGET /c\n");
    assertThat(list.lines()).containsExactly("GET /a");
    assertThat(list.complaint()).contains("l.txt", "line 3", "'get /b'", "METHOD /path");
    assertThat(read("GET http://h/a\n").lines()).isEmpty();
    assertThat(read("GET /a\n@bodies/item.json\nX-Late: 1\n").complaint())
        .contains("line 3", "behind the end of its request");
  }

  @Test
  void refusesABodyFileThatIsMissingOutsideOrNoFile() throws IOException {
    assertThat(read("GET /a\nPUT /b\n@no.json\n").complaint())
        .contains("line 3", "'no.json' does not exist");
    assertThat(read("PUT /b\n@../secret.json\n").complaint()).contains("outside the list's folder");
    assertThat(read("PUT /b\n@" + folder.resolve("secret.json") + "\n").complaint())
        .contains("outside the list's folder");
    Files.createSymbolicLink(lists.resolve("link.json"), folder.resolve("secret.json"));
    assertThat(read("PUT /b\n@link.json\n").complaint()).contains("outside the list's folder");
    assertThat(read("PUT /b\n@bodies\n").complaint()).contains("is no file");
    assertThat(read("PUT /b\n@bodies/item.json/x\n").complaint()).contains("line 2", "bodies");
    assertThat(read("GET /a\nPUT /b\n@no.json\n").lines()).containsExactly("GET /a");
  }

  @Test
  void givesABodyTheTypeOfItsFile() throws IOException {
    Files.writeString(lists.resolve("a.form"), "a=1");
    assertThat(read("POST /f\n@a.form\n").headers(0))
        .containsExactly("Content-Type: application/x-www-form-urlencoded");
    assertThat(read("POST /f\nContent-Type: x/y\n@a.form\n").headers(0))
        .containsExactly("Content-Type: x/y");
  }

  @Test
  void refusesLinesThatAreTooLongOrNotUtf8() throws IOException {
    assertThat(read("GET /a\nX: " + "y".repeat(Limits.LINE) + "\n").complaint())
        .contains("line 2", "longer than");
    Path latin =
        Files.write(lists.resolve("x.txt"), new byte[] {'G', 'E', 'T', ' ', '/', (byte) 0xE4});
    assertThat(Collected.of(latin, Format.LIST).complaint()).contains("line 1", "UTF-8");
  }
}

package dev.banyan.requests;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// A valid file of each kind.
final class Samples {
  static final String HAR =
      """
      {"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": [
        {"request": {"method": "GET", "url": "https://cdn.test/a.js", "headers": []},
         "response": {"status": 200, "headers": [], "content": {"size": 2, "text": "1;"}}},
        {"request": {"method": "GET", "url": "https://Shop.test/items?q=%C3%A4#top", "headers": [
            {"name": ":method", "value": "GET"}, {"name": "Host", "value": "shop.test"},
            {"name": "Accept-Encoding", "value": "br"}, {"name": "X-Hop", "value": "1"},
            {"name": "Connection", "value": "keep-alive, x-hop"},
            {"name": "If-None-Match", "value": "\\"v1\\""}]},
         "response": {"status": 200, "headers": [
            {"name": "Content-Encoding", "value": "br"}, {"name": "Content-Length", "value": "9"},
            {"name": "Content-Type", "value": "application/json"},
            {"name": "Set-Cookie", "value": "a=1\\nb=2"}],
           "content": {"size": 8, "text": "eyJpZCI6N30=", "encoding": "base64"}}},
        {"request": {"method": "POST", "url": "https://shop.test/items", "headers": [],
           "bodySize": 12, "postData": {"mimeType": "application/json", "text": "{\\"n\\":\\"\\u00e4\\"}"}},
         "response": {"status": 201, "headers": [], "content": {"size": 0}}},
        {"request": {"method": "POST", "url": "https://shop.test/form", "headers": [],
           "postData": {"mimeType": "application/x-www-form-urlencoded", "params": [
             {"name": "a b", "value": "1&2"}, {"name": "c", "value": ""}]}},
         "response": {"status": 0, "headers": [], "content": {}}},
        {"request": {"method": "PUT", "url": "https://shop.test/blob", "headers": [],
           "postData": {"mimeType": "application/octet-stream", "text": "AP8=", "_encoding": "base64"}},
         "response": {"status": 200, "headers": [], "content": {"size": 5}}},
        {"request": {"method": "POST", "url": "https://shop.test/lost", "headers": [
            {"name": "Content-Length", "value": "44"}]},
         "response": {"status": 200, "headers": [], "content": {}}},
        {"request": {"method": "GET", "url": "wss://shop.test/live", "headers": []}, "response": {}},
        {"request": {"method": "GET", "url": "data:text/plain,x", "headers": []}, "response": {}}
      ]}}
      """;

  static final String GOR =
      """
      1 aa11 1700000000000000000
      GET /items HTTP/1.1\r
      Host: shop.test\r
      If-Modified-Since: Sat, 01 Jan 2022 00:00:00 GMT\r
      \r

      🐵🙈🙉
      1 bb22 1700000000000000001
      POST /items?x=1 HTTP/1.1\r
      Content-Type: text/plain\r
      Transfer-Encoding: chunked\r
      \r
      4\r
      Wiki\r
      5;ext=1\r
      pedia\r
      0\r
      \r

      🐵🙈🙉
      2 bb22 1700000000000000002 120
      HTTP/1.1 201 Created\r
      Content-Length: 8\r
      Content-Type: application/json\r
      \r
      {"id":9}
      🐵🙈🙉
      3 bb22 1700000000000000003 99
      HTTP/1.1 500 Oops\r
      Content-Length: 0\r
      \r

      🐵🙈🙉
      2 aa11 1700000000000000004 80
      HTTP/1.1 200 OK\r
      Transfer-Encoding: chunked\r
      \r
      2\r
      []\r
      0\r
      \r

      🐵🙈🙉
      """;

  static final String LOG =
      """
      192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET /items?q=a HTTP/1.1" 200 23 "https://shop.test/" "Mozilla/5.0 (\\"x\\")"
      192.0.2.1 - ada [10/Oct/2024:13:55:37 +0000] "POST /items HTTP/2.0" 201 5 "-" "curl/8"
      192.0.2.1 - - [10/Oct/2024:13:55:38 +0000] "\\x16\\x03\\x01" 400 150 "-" "-"
      what is this
      192.0.2.1 - - [10/Oct/2024:13:55:39 +0000] "DELETE /items/\\xC3\\xA4 HTTP/1.1" 204 0
      haproxy[1]: 192.0.2.1:33 [10/Oct/2024:13:55:40.1] web app/s1 0/0/1/2/3 200 27 - - ---- 1/1/1/1/0 0/0 "GET https://shop.test/ha HTTP/1.1"
      """;

  static final String JSON_LOG =
      """
      {"time":"2024-10-10T13:55:36.000001Z","id":"1","trace":null,"method":"GET","path":"/orders/7","route":"/orders/{id}","status":200}
      {"level":"info","logger":"http.log.access","request":{"method":"GET","host":"shop.test","uri":"/caddy?x=1","headers":{"User-Agent":["curl"],"Cookie":["REDACTED"]}},"status":200}
      {"request_method":"PATCH","request_uri":"/nginx","request_body":"{\\"a\\":1}","content_type":"application/json","status":200}
      {"request":"GET /line?y=2 HTTP/1.1","status":"200","http_user_agent":"Mozilla"}
      {"RequestMethod":"GET","RequestPath":"/traefik","DownstreamStatus":200}
      {"method":"GET","uri":"/split","args":"z=3","status":200}
      {"level":"info","msg":"certificate renewed"}
      {"method":"POST","path":"/orders","status":201}
      {"method":"GET","path":"/socket","status":101}
      {"method":
      """;

  static final String LIST =
      """
      # what the shop is asked
      GET /items?q=1
      GET /items/7 HTTP/1.1
        Accept: application/json
      X-Empty:

      POST /items
      Authorization: Bearer {{login.token}}
      {"name": "lamp",
       "price": 3}

      PUT /items/{{items.id}}
      X-A: 1

      @bodies/item.json
      # the end
      DELETE /items/{{items.id}}
      """;

  static final String OPENAPI =
      """
      openapi: 3.0.3
      info: { title: Shop, version: "1" }
      servers: [ { url: "https://shop.test/v1/" } ]
      paths:
        /items/{itemId}:
          parameters:
            - { name: itemId, in: path, required: true, example: 12, schema: { type: integer } }
          delete: { responses: { 204: { description: gone } } }
          get: { responses: { 200: { description: one } } }
          put:
            requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Item" } } } }
            responses: { 200: { description: ok } }
        /items:
          get:
            parameters:
              - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 50 } }
              - { name: sort, in: query, schema: { type: string, enum: [name, price] } }
              - { name: tag, in: query, example: [a, "b c"], schema: { type: array, items: { type: string } } }
            responses: { 200: { description: all } }
          post:
            requestBody:
              required: true
              content:
                application/json:
                  schema: { $ref: "#/components/schemas/Item" }
                  examples:
                    lamp: { value: { name: lamp, price: 3 } }
                    sofa: { value: { name: sofa, price: 399 } }
            responses:
              201:
                description: made
                content: { application/json: { schema: { $ref: "#/components/schemas/Item" } } }
      components:
        schemas:
          Base:
            type: object
            required: [name]
            properties:
              id: { type: integer, readOnly: true }
              name: { type: string, minLength: 2, maxLength: 20 }
          Item:
            allOf:
              - { $ref: "#/components/schemas/Base" }
              - type: object
                required: [price]
                properties:
                  price: { type: number, minimum: 0, exclusiveMinimum: true }
                  parent: { $ref: "#/components/schemas/Item" }
      """;

  private Samples() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// By the name of a file.
  static Map<String, byte[]> all() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("a.har", bytes(HAR));
    all.put("a.gor", bytes(GOR));
    all.put("a.log", bytes(LOG));
    all.put("a.jsonl", bytes(JSON_LOG));
    all.put("a.txt", bytes(LIST));
    all.put("a.yaml", bytes(OPENAPI));
    all.put("a.json", bytes(OPENAPI_JSON));
    return all;
  }

  static final String OPENAPI_JSON =
      """
      {
      \t"openapi": "3.1.0",
      \t"info": {"title": "Users", "version": "1"},
      \t"paths": {
      \t\t"/users": {"post": {
      \t\t\t"requestBody": {"required": true, "content": {"application/json": {"schema": {
      \t\t\t\t"oneOf": [{"type": "object", "required": ["email"], "properties": {"email": {"type": "string", "format": "email"}}},
      \t\t\t\t\t{"type": "object", "properties": {"phone": {"type": ["string", "null"]}}}]}}}},
      \t\t\t"responses": {"201": {"description": "ok", "content": {"application/json": {"schema": {"type": "object", "properties": {"slug": {"type": "string"}}}}}}}}},
      \t\t"/users/{slug}": {"get": {"parameters": [
      \t\t\t{"name": "slug", "in": "path", "required": true, "schema": {"type": "string"}},
      \t\t\t{"name": "X-Kind", "in": "header", "required": true, "schema": {"type": "string", "enum": ["a", "b"]}}],
      \t\t\t"responses": {"200": {"description": "ok"}}}},
      \t\t"/users/{slug}/block": {"post": {"parameters": [
      \t\t\t{"name": "slug", "in": "path", "required": true, "schema": {"type": "string"}}],
      \t\t\t"responses": {"204": {"description": "ok"}}}},
      \t\t"/broken": {"get": {"parameters": [{"$ref": "#/components/parameters/Gone"}], "responses": {}}}
      \t}
      }
      """;
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskSecrets } from "../../src/domain/secrets.ts";

/** Put together here, so that no scanner takes the examples for leaked tokens. */
const sample = {
  aws: `AKIA${"IOSFODNN7EXAMPLE"}`,
  github: `ghp_${"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"}`,
  slack: `xoxb-${"123456789012-abcdefABCDEF"}`,
  buildkite: `bkua_${"0123456789abcdef0123456789abcdef01234567"}`,
  openai: `sk-proj-${"a1B2c3D4e5F6_g7H8-i9J0k1L2"}`,
  openaiOld: `sk-${"a1B2c3D4e5F6g7H8i9J0T3BlbkFJk1L2m3N4o5P6q7R8s9T0"}`,
  anthropic: `sk-ant-${"api03-a1B2c3D4e5F6_g7H8-i9J0k1L2-AA"}`,
  docker: `dckr_pat_${"a1B2c3D4e5F6g7H8i9J0_k1-L2"}`,
  huggingFace: `hf_${"aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"}`,
  sendgrid: ["SG", "a1B2c3D4e5F6g7H8i9J0k1", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1v"].join("."),
  pypi: `pypi-${"AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDAtMDAwMA"}`,
  jwt: ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N"].join("."),
};
const keyLines = ["MIIEowIBAAKCAQEAx5QK2z0Gv4", "Zk3WbWq8Jx1nO9yT2fH5rD7sL0", "pQ=="];
const keyName = "PRIVATE KEY";
const begin = `-----BEGIN RSA ${keyName}-----`;
const end = `-----END RSA ${keyName}-----`;

describe("maskSecrets hides", () => {
  it.each([
    ["PASSWORD=hunter2", "PASSWORD=*****"],
    ["export DB_PASSWORD='two words'; run", "export DB_PASSWORD='*****'; run"],
    ['PASSWORD="with \\" quote" next', 'PASSWORD="*****" next'],
    ['PASSWORD="never closed', 'PASSWORD="*****'],
    ["DB_PWD=hunter2", "DB_PWD=*****"],
    ["password: hunter2", "password: *****"],
    ["password: hunter2 user: bob", "password: ***** user: bob"],
    ["clientSecret = abc123", "clientSecret = *****"],
    ['{"user":"bob","api_token":"abc","id":7}', '{"user":"bob","api_token":"*****","id":7}'],
    ['"{\\"password\\":\\"abc\\"}"', '"{\\"password\\":\\"*****\\"}"'],
    [":password=>\"abc\", 'secret' => 'abc'", ":password=>\"*****\", 'secret' => '*****'"],
    ['secret := "abc"', 'secret := "*****"'],
    ["connect(token=abc)", "connect(token=*****)"],
    ["GET /v1?token=abc&user=1", "GET /v1?token=*****"],
    ["AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "AWS_SECRET_ACCESS_KEY=*****"],
    ["SECRET_KEY_BASE=abc", "SECRET_KEY_BASE=*****"],
    ["//registry.example.com/:_auth=dXNlcjpwYXNz", "//registry.example.com/:_auth=*****"],
    ["//registry.example.com/:_authToken=abc", "//registry.example.com/:_authToken=*****"],
    ["deploy --token abc --verbose", "deploy --token ***** --verbose"],
    ['deploy --db-password "two words" now', 'deploy --db-password "*****" now'],
    ["DB_PASS=hunter2", "DB_PASS=*****"],
    ["export MYSQL_PASS='two words'; run", "export MYSQL_PASS='*****'; run"],
    ["db_pass: hunter2", "db_pass: *****"],
    ["curl -u admin:hunter2pass https://example.com", "curl -u admin:***** https://example.com"],
    ["curl -sSuadmin:hunter2pass https://example.com", "curl -sSuadmin:***** https://example.com"],
    ["curl --user 'admin:two words' -v", "curl --user 'admin:*****' -v"],
    ['curl --user="admin:hunter2" -v', 'curl --user="admin:*****" -v'],
    ["mysql -h db -u root -pS3cr3tPass shop", "mysql -h db -u root -p***** shop"],
    ["mysqldump -p'S3cr3t Pass' shop", "mysqldump -p'*****' shop"],
    ["sshpass -p hunter2 ssh host", "sshpass -p ***** ssh host"],
  ])("the value that a name announces: %s", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it.each([
    ["Authorization: Bearer abc.def", "Authorization: Bearer *****"],
    ["curl -H 'authorization: basic dXNlcjpwYXNz' -v", "curl -H 'authorization: basic *****' -v"],
    ['"Authorization": "token abc"', '"Authorization": "*****"'],
    ["Authorization: 12345", "Authorization: *****"],
    ["sent Bearer 0a1b2c3d4e5f6a7b", "sent Bearer *****"],
    ["Set-Cookie: session=abc123; Path=/", "Set-Cookie: *****"],
    ["< set-cookie: sid=s%3Aabc; HttpOnly", "< set-cookie: *****"],
    ["curl -H 'Cookie: session=abc123; theme=dark' -v", "curl -H 'Cookie: *****' -v"],
  ])("what authorizes a request: %s", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it.each(Object.entries(sample))("a token that is known by its form: %s", (_, token) => {
    expect(maskSecrets(`got ${token}.`)).toMatch(/^got \*{5}\.?$/);
    expect(maskSecrets(`["${token}"]`)).toBe('["*****"]');
  });

  it.each([
    ["git clone https://bob:hunter2@example.com/a.git", "git clone https://bob:*****@example.com/a.git"],
    ["postgres://app:p@ss@db:5432/main", "postgres://app:*****@db:5432/main"],
    ["redis://:hunter2@cache", "redis://:*****@cache"],
    ["https://0a1b2c3d4e5f@example.com/a.git", "https://*****@example.com/a.git"],
    ["https://hooks.slack.com/services/T0/B0/abc ok", "https://hooks.slack.com/services/***** ok"],
    ["https://discord.com/api/webhooks/1234/aB-c_d ok", "https://discord.com/api/webhooks/***** ok"],
    ["https://discordapp.com/api/v10/webhooks/1234/aB ok", "https://discordapp.com/api/v10/webhooks/***** ok"],
  ])("credentials in an address: %s", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it.each([
    ["key=0123456789abcdef0123456789abcdef", "key=*****"],
    ["hostKey: AAAAB3NzaC1yc2EAAAADAQABAAABgQC7Ab ok", "hostKey: ***** ok"],
    ["?X-Amz-Signature=0123456789abcdef0123456789abcdef&x=1", "?X-Amz-Signature=*****&x=1"],
  ])("a random value after a name that may be harmless: %s", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it("a private key, whole or cut, on lines of its own or in one", () => {
    const whole = ["before", begin, ...keyLines, end, "after"];

    expect(maskSecrets(whole.join("\n"))).toBe("before\n*****\nafter");
    expect(maskSecrets(whole.slice(0, 4).join("\n"))).toBe("before\n*****");
    expect(maskSecrets(whole.slice(2).join("\n"))).toBe("*****\nafter");
    expect(maskSecrets(`{"pem":"${[begin, ...keyLines, end].join("\\n")}\\n"}`)).toBe('{"pem":"*****\\n"}');
    expect(maskSecrets(`pem: ${[begin, ...keyLines].join("\\n")}`)).toBe("pem: *****");
  });
});

describe("maskSecrets keeps", () => {
  it.each([
    "HEAD is now at 4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180",
    "job d6768791-c4eb-4801-a06b-25989e3de8e5 in /var/lib/buildkite/builds/agent-1/acme/secret-service",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "cache key: node-modules-linux-x64-0123456789abcdef0123456789abcdef",
    "s3 key=builds/payments/artifacts/reports/junit-2026.xml",
    "SyntaxError: Unexpected token } in JSON at position 4",
    "error: unexpected token: `}`".replaceAll("`", ""),
    "password: must be at least 8 characters",
    "Error: secret: not found in vault",
    "token: undefined",
    "login(user: string, password: string)",
    "use --token to authenticate, or --password-stdin",
    "expect(token).toBe(other); token == null; Token::parse(x)",
    "PWD=/workdir and OLDPWD=/",
    "TOKEN=$BUILDKITE_TOKEN",
    "max_tokens: 1024, tokenizer=bpe, secretary: Bob",
    "git@github.com:acme-inc/payments-api.git",
    "ssh://git@github.com/acme-inc/payments-api.git",
    "see https://example.com:8080/x?mail=a@example.com and https://medium.com/@bob/post",
    "bearer authentication failed",
    "bk_helper_function_with_a_long_name()",
    "task-project-runner and risk-ant-colony",
    "COMPASS=north BYPASS=1 pass: 12, fail: 3",
    "docker run -u 1000:1000 -p 8080:80 image",
    "chown -R app:app /srv; rsync -u a:b c:d",
    "mysql -h db -P 3306 --protocol=tcp shop",
    "mkdir -p build/out && cp -pr a b",
    "cookie: banner accepted",
    "hf_hub_download(repo_id) and SG.read(x)",
    "pip install pypi-simple",
  ])("%s", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });
});

describe("maskSecrets", () => {
  it("changes nothing the second time", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "password",
        "token",
        "key",
        "=",
        ": ",
        '"',
        "'",
        "\\",
        "\n",
        " ",
        "--",
        "bearer ",
        "://",
        "@",
        "a",
        "7",
      ),
      fc.constantFrom(begin, end, ...keyLines, ...Object.values(sample)),
      fc.string({ maxLength: 5 }),
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (text) => {
        const once = maskSecrets(text);
        expect(maskSecrets(once)).toBe(once);
      }),
    );
  });

  const attacks: readonly (readonly [name: string, unit: string])[] = [
    ["letters", "a"],
    ["dashes", "-"],
    ["names without values", "password"],
    ["names and separators", "token= "],
    ["open quotes", 'secret="\\'],
    ["backslashes", 'secret=\\"\\'],
    ["options", " --a-a-a-a-token"],
    ["beginnings of addresses", "a://a:"],
    ["colons in an address", "a:"],
    ["beginnings of web tokens", "eyJ-"],
    ["parts of web tokens", "eyJaaaaaaaa."],
    ["begins of keys", begin],
    ["begins of keys on lines", `${begin}\nabcd\n`],
    ["ends of keys", end],
    ["ends of keys on lines", `abcd\n${end}\n`],
    ["bearers", "bearer aaaaaaaaaaaaaaaa "],
    ["closing brackets", ")"],
    ["blanks", " "],
    ["slack tokens", "xoxa-"],
    ["prefixes of tokens", "sk-"],
    ["calls of curl", "curl -"],
    ["calls of curl with options", "curl -u a "],
    ["calls of mysql", "mysql -"],
    ["names of tools", "mysql "],
    ["cookies", "cookie: a=b; "],
    ["parts of dotted tokens", "SG.aaaaaaaaaaaaaaaaaaaaaa."],
    ["webhooks", "discord.com/api/webhooks/"],
    ["random values", "key=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"],
  ];
  it.each(attacks)("takes well under 50 ms for 64 KB of %s", (_, unit) => {
    const text = `token=${unit.repeat(Math.ceil(65_536 / unit.length))}!`;
    maskSecrets(text.slice(0, 1_000));
    const times = [0, 1, 2].map(() => {
      const start = performance.now();
      maskSecrets(text);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
});

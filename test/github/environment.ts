/** The settings of a GitHub App, with a key that opens nothing. */
import { generateKeyPairSync } from "node:crypto";

export const { privateKey: appKey, publicKey: appPublicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  // As GitHub gives it.
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
});

export const githubEnvironment = { APP_ID: "4711", PRIVATE_KEY: appKey, WEBHOOK_SECRET: "github-secret" };

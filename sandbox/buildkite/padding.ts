/** Makes webhooks as large as those of big pipelines, in the place where those are large: the steps of the pipeline. */
import { stepJson } from "./payloads.ts";

interface WithPipeline {
  readonly pipeline: { readonly steps: readonly object[]; readonly configuration: string };
}

/** The JSON text, `size` bytes long, or as long as it is when that is more or when it has no pipeline. */
export function padded(payload: object, size: number): string {
  const plain = JSON.stringify(payload);
  let missing = size - Buffer.byteLength(plain);
  if (missing <= 0 || !hasPipeline(payload)) return plain;
  const step = stepJson(":package: Build and test a part of the product", "bin/ci build --part component --verbose");
  const stepSize = JSON.stringify(step).length + 1;
  const count = Math.floor(missing / stepSize);
  missing -= count * stepSize;
  const { pipeline } = payload;
  const steps = [...pipeline.steps, ...Array.from({ length: count }, () => step)];
  const configuration = pipeline.configuration + "#".repeat(missing);
  return JSON.stringify({ ...payload, pipeline: { ...pipeline, steps, configuration } });
}

function hasPipeline(payload: object): payload is WithPipeline {
  return "pipeline" in payload;
}

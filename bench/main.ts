import { measureIngest } from "./ingest.ts";
import { startWorld } from "./world.ts";
const say = (l: string) => void process.stdout.write(`${l}\n`);
await using world = await startWorld({ quick: process.argv.includes("--quick"), profiles: process.argv.includes("--prof") ? "/tmp/prof" : null, say });
for (const size of [40*1024, 8*1024]) {
const t=Date.now();
const r = await measureIngest(world, size);
say(JSON.stringify(r, null, 1)); say(`${Date.now()-t} ms`);
}

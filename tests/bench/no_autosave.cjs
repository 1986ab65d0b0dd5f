// For Azurite with a large storage on disk: it is saved when Azurite stops, not every five seconds.
// Saving stands in everybody's way for seconds, which Azure knows nothing of.
const loki = require(process.env.MSP_BENCH_LOKIJS);
loki.prototype.autosaveEnable = () => {};

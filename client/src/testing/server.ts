import { setupServer } from "msw/node";

export const managementUrl = "http://management.test";
export const engineUrl = "http://engine.test";

/** Answers requests of the code under test; each test says how. */
export const server = setupServer();

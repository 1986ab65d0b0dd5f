import "@mantine/core/styles.css";
import "@/shared/theme/global.css";

import { boot } from "@/app/boot";

void boot(document.getElementById("root"));

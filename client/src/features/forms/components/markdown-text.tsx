import { Typography } from "@mantine/core";
import type { ReactNode } from "react";
import type { Components } from "react-markdown";
import ReactMarkdown from "react-markdown";

function Heading({ children }: { children?: ReactNode }) {
  return (
    <p>
      <strong>{children}</strong>
    </p>
  );
}

// HTML in the text is shown as text. Pictures would be requests to somebody else's server: their text stands in.
// Headings would break the order of the page's own.
const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer" style={{ textDecoration: "underline" }}>
      {children}
    </a>
  ),
  img: ({ alt }) => <em>{alt}</em>,
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
};

/** Markdown as a form's author wrote it. */
export function MarkdownText({ text }: { text: string }) {
  return (
    <Typography>
      <ReactMarkdown components={components}>{text}</ReactMarkdown>
    </Typography>
  );
}

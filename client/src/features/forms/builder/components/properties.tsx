import { List, Stack, Title } from "@mantine/core";
import { memo, useEffect, useRef } from "react";

import classes from "@/features/forms/builder/components/builder.module.css";
import { FieldProperties } from "@/features/forms/builder/components/field-properties";
import { FormProperties } from "@/features/forms/builder/components/form-properties";
import { SectionProperties } from "@/features/forms/builder/components/section-properties";
import { useBuilderContext, useMessages } from "@/features/forms/builder/hooks/builder-context";
import { hasPlace } from "@/features/forms/builder/model/places";
import { findField } from "@/features/forms/builder/model/draft";
import { sectionId, sectionsOf } from "@/features/forms/builder/model/lines";
import { Notice } from "@/shared/ui/notice";

const StillTitle = memo(Title);

interface PropertiesProps {
  organization: { id: string; name: string };
  isAdmin: boolean;
  isSaved: boolean;
  /** Grows when the first property that is wrong should get the keyboard. */
  reveals: number;
}

/** What is wrong with something that no input stands for. */
function OtherMessages({ owner }: { owner: string }) {
  const { draft } = useBuilderContext();
  const messages = useMessages(owner);
  const field = findField(draft, owner);
  const others = Object.entries(messages).filter(([property]) => !hasPlace(owner, field, property));
  if (others.length === 0) {
    return null;
  }
  return (
    <Notice tone="warning" title="To be mended before it can be saved">
      <List size="sm">
        {others.map(([property, message]) => (
          <List.Item key={property}>{message}</List.Item>
        ))}
      </List>
    </Notice>
  );
}

/** The properties of what is selected: the form, a section or a field. */
export function Properties({ reveals, ...props }: PropertiesProps) {
  const { draft, selected } = useBuilderContext();
  const body = useRef<HTMLDivElement>(null);
  const field = findField(draft, selected);
  const section = sectionsOf(draft).find(({ name }) => sectionId(name) === selected);

  // After a save that was refused, once the properties in question are on the page.
  useEffect(() => {
    if (reveals > 0) {
      const wrong = body.current?.querySelector<HTMLElement>("[aria-invalid='true']");
      (wrong ?? body.current)?.focus();
    }
  }, [reveals]);

  return (
    <>
      <div className={classes.head}>
        <StillTitle order={2}>{field !== undefined ? "Field" : section !== undefined ? "Section" : "Form settings"}</StillTitle>
      </div>
      <div className={classes.body} ref={body} tabIndex={-1}>
        <Stack gap="md">
          <OtherMessages owner={selected} />
          {field !== undefined ? (
            <FieldProperties key={field.key} field={field} />
          ) : section !== undefined ? (
            <SectionProperties key={section.name} section={section} />
          ) : (
            <FormProperties {...props} />
          )}
        </Stack>
      </div>
    </>
  );
}

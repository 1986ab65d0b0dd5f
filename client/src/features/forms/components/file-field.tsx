import { Button, FileButton, Input, Progress, Text } from "@mantine/core";
import { IconFile, IconUpload } from "@tabler/icons-react";
import type { DragEvent } from "react";
import { useState } from "react";

import classes from "@/features/forms/components/file-field.module.css";
import { useField } from "@/features/forms/hooks/use-field";
import { useUpload } from "@/features/forms/hooks/use-upload";
import type { Field } from "@/features/forms/model/fields";
import { fileRules } from "@/features/forms/model/files";
import type { FileValue } from "@/features/forms/model/values";
import { formatBytes } from "@/shared/files/save-file";

function Chosen({ value, label, fraction, onCancel, onRemove }: ChosenProps) {
  const percent = Math.round(fraction * 100);
  return value.state === "uploading" ? (
    <>
      <Text span size="sm" className={classes.name}>
        {value.name}
      </Text>
      <Progress.Root className={classes.progress}>
        <Progress.Section value={percent} aria-label={`Upload of ${value.name}`} aria-valuetext={`${percent} %`} />
      </Progress.Root>
      <Button size="xs" variant="default" onClick={onCancel} aria-label={`Cancel the upload of ${value.name}`}>
        Cancel
      </Button>
    </>
  ) : (
    <>
      <IconFile size={16} aria-hidden />
      <Text span size="sm" className={classes.name} role="status">
        {value.name} ({formatBytes(value.sizeBytes)})
      </Text>
      <Button size="xs" variant="default" onClick={onRemove} aria-label={`Remove ${value.name} from ${label}`}>
        Remove
      </Button>
    </>
  );
}

interface ChosenProps {
  value: FileValue;
  label: string;
  fraction: number;
  onCancel: () => void;
  onRemove: () => void;
}

/** A file, sent as soon as it is chosen or dropped. */
export function FileField({ field }: { field: Field }) {
  const { value, setValue, frame } = useField(field);
  const { fraction, send, cancel, remove } = useUpload(field, setValue);
  const [isOver, setOver] = useState(false);
  const { id, label, error, withAsterisk } = frame;
  const chosen = typeof value === "object" && !Array.isArray(value) ? value : null;
  const noteIds = `${id}-rules${error === undefined ? "" : ` ${id}-problem`}`;

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined) {
      void send(file);
    }
  };

  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      labelProps={{ id: `${id}-label` }}
      description={[frame.description, `(${fileRules(field)})`].filter(Boolean).join(" ")}
      descriptionProps={{ id: `${id}-rules` }}
      error={error}
      errorProps={{ id: `${id}-problem` }}
      withAsterisk={withAsterisk}
    >
      <div
        className={classes.box}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {chosen !== null && (
          <Chosen value={chosen} label={label} fraction={fraction} onCancel={cancel} onRemove={remove} />
        )}
        {chosen?.state !== "uploading" && (
          <FileButton
            onChange={(file) => {
              if (file !== null) {
                void send(file);
              }
            }}
            accept={field.accept?.join(",")}
            inputProps={{ "aria-label": label, tabIndex: -1 }}
          >
            {(props) => (
              <Button
                {...props}
                id={id}
                size="xs"
                variant="default"
                leftSection={<IconUpload size={14} aria-hidden />}
                aria-label={`${chosen === null ? "Choose a file" : "Choose another file"} for ${label}`}
                aria-describedby={noteIds}
              >
                {chosen === null ? "Choose a file" : "Choose another"}
              </Button>
            )}
          </FileButton>
        )}
        {chosen === null && (
          <Text span size="sm" c="dimmed">
            or drop it here
          </Text>
        )}
      </div>
    </Input.Wrapper>
  );
}

import { ActionIcon } from "@mantine/core";
import { IconStar, IconStarFilled } from "@tabler/icons-react";

import type { Favourites } from "@/features/forms/hooks/use-favourites";

interface FavouriteStarProps {
  form: { id: string; name: string };
  favourites: Favourites;
}

/** Puts a form before the others, or back among them. */
export function FavouriteStar({ form, favourites }: FavouriteStarProps) {
  const isFavourite = favourites.has(form.id);
  const Icon = isFavourite ? IconStarFilled : IconStar;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-pressed={isFavourite}
      aria-label={`Favourite: ${form.name}`}
      title={isFavourite ? "One of your favourites" : "Make it one of your favourites"}
      onClick={() => favourites.toggle(form.id)}
    >
      <Icon size={18} color={isFavourite ? "var(--app-warning)" : undefined} aria-hidden />
    </ActionIcon>
  );
}

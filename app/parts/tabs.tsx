// Tabs: one part of a page at a time. Arrow keys move along them as the reading goes, Home and End to the ends; the chosen
// one alone is in the Tab order (WAI-ARIA Authoring Practices, Tabs). No words and no state of its own.
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { Icon, type IconName } from './icon';

export interface Tab<T extends string> {
  readonly value: T;
  readonly text: string;
  readonly icon: IconName;
}

export function Tabs<T extends string>(props: {
  readonly label: string;
  readonly tabs: readonly Tab<T>[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
  readonly children: ReactNode;
}) {
  const { tabs, chosen, onChoose } = props;
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ value }) => value === chosen);
    const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const backward = forward === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight';
    const steps: Record<string, number> = {
      [forward]: (at + 1) % tabs.length,
      [backward]: (at + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const next = steps[event.key];
    const tab = next === undefined ? undefined : tabs[next];
    if (next === undefined || tab === undefined) return;
    event.preventDefault();
    onChoose(tab.value);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  return (
    <>
      <div className="tabs" role="tablist" aria-label={props.label} onKeyDown={move} ref={list}>
        {tabs.map(({ value, text, icon }) => (
          <button
            type="button"
            role="tab"
            key={value}
            id={`tab-${value}`}
            aria-selected={value === chosen}
            aria-controls="tab-panel"
            tabIndex={value === chosen ? 0 : -1}
            className={value === chosen ? 'tab on' : 'tab'}
            onClick={() => onChoose(value)}
          >
            <Icon name={icon} />
            {text}
          </button>
        ))}
      </div>
      <div className="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${chosen}`}>
        {props.children}
      </div>
    </>
  );
}

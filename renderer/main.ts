import { mount } from 'svelte';
import App from './App.svelte';
import { connect } from './state/connection.ts';
import { Studio } from './state/studio.svelte.ts';
import './styles.css';

const studio = new Studio(connect(), window.localStorage);
mount(App, { target: document.body, props: { studio } });
void studio.load();

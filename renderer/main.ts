import { mount } from 'svelte';
import App from './app/App.svelte';
import { connect } from './link/connection.ts';
import { Studio } from './app/studio.svelte.ts';
import './styles.css';

const studio = new Studio(connect(), window.localStorage);
mount(App, { target: document.body, props: { studio } });
void studio.load();

"""Simulated surveys: a computed landscape with animals at known places."""

from geo.simulation.scene import Scene, build_scene, render_scene
from geo.simulation.settings import SimulationError, SurveySettings
from geo.simulation.species import SPECIES
from geo.simulation.survey import Survey, simulate

__all__ = ["SPECIES", "Scene", "SimulationError", "Survey", "SurveySettings", "build_scene", "render_scene", "simulate"]

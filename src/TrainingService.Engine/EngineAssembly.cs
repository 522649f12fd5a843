namespace TrainingService.Engine;

/// <summary>Stands for this assembly where a test or a program asks for it by a type.</summary>
public static class EngineAssembly;
